import { errorMessage } from '../../src/common/systemError';
import { isCancelled } from '../../src/protocol/channel';
import type { DrawingExchanges } from '../../src/protocol/drawing';
import { DRAWING_EXTENT, FEWEST_DRAWN } from '../../src/protocol/drawingLimits';
import { arrowOf } from '../shared/arrowKeys';
import type { Channel } from '../shared/channel';
import { button, segmented } from '../shared/controls';
import { element, setText } from '../shared/dom';
import type { Theme } from '../shared/theme';
import { press, stroke } from './brush';
import { Drawing, type Place } from './drawing';
import { Plane } from './plane';

/** Steps of the cursor by arrow keys; with Shift, the longer ones. */
const STEP = 0.05;
const LONG_STEP = 0.5;
const SPREAD = { initial: 0.08, most: 0.5 };
/** The circle that is shown and erased, in standard deviations, and its smallest radius. */
const SHOWN = 2;
const SMALLEST = 0.06;
/** A pause of drawing, after which the page's state is kept. */
const KEEP_MILLISECONDS = 300;

type Tool = 'brush' | 'eraser';

/** What the page keeps beyond its own life. */
interface Kept {
  readonly coordinates?: unknown;
}

/** Draws points with a brush that scatters them, by pointer or by keys. */
export class DrawingEditor {
  readonly node: HTMLElement;
  private readonly drawing = new Drawing();
  private readonly plane = new Plane();
  private readonly status = element('p', { class: 'status dim', role: 'status' });
  private readonly count = element('span', { class: 'count number' });
  private readonly undo = button('Undo', () => this.drawing.undo(), 'Undo (Ctrl+Z)');
  private readonly clear = button('Clear', () => this.drawing.clear(), 'Remove all points; can be undone');
  private readonly save = button('Save', () => void this.ask('save'), 'Save as a CSV file in the workspace');
  private readonly train = button(
    'Train on These Points',
    () => void this.ask('train'),
    'Save, and train a model of them',
  );
  private tool: Tool = 'brush';
  private spread = SPREAD.initial;
  private cursor: Place = [0, 0];
  private last: Place | undefined;
  private over = false;
  private asking = false;
  private frame = 0;
  private keeping: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly channel: Channel<DrawingExchanges, never, never>,
    private theme: Theme,
  ) {
    this.train.classList.add('primary');
    const tools = segmented(
      'Tool',
      [
        ['brush', 'Brush'],
        ['eraser', 'Eraser'],
      ] as const,
      'brush',
      (tool) => {
        this.tool = tool;
        this.requestDraw();
      },
    );
    const slider = element('input', { type: 'range', min: 0, max: SPREAD.most, step: 0.01, value: this.spread });
    const shown = element('span', { class: 'number' }, this.spread.toFixed(2));
    slider.addEventListener('input', () => {
      this.spread = Number(slider.value);
      setText(shown, this.spread.toFixed(2));
      this.requestDraw();
    });
    const spread = element(
      'label',
      { class: 'spread', title: 'Standard deviation of the brush' },
      'Spread',
      slider,
      shown,
    );
    const edits = element('div', { class: 'bar edits' }, this.undo, this.clear, this.count);
    this.node = element(
      'main',
      { class: 'draw' },
      element('div', { class: 'bar' }, tools, spread, edits),
      this.plane.node,
      element(
        'p',
        { id: 'keys', class: 'dim' },
        'Drag to draw. By keyboard: arrow keys move (with Shift farther), Enter draws, Delete erases, Ctrl+Z undoes.',
      ),
      element('div', { class: 'bar actions' }, this.train, this.save, this.status),
    );
    this.listen();
    this.drawing.restore((channel.editor.getState() as Kept | undefined)?.coordinates);
    this.drawing.onChange(() => this.changed());
    this.changed();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.requestDraw();
  }

  private listen(): void {
    window.addEventListener('pagehide', () => this.keep());
    const { node } = this.plane;
    node.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      node.setPointerCapture(event.pointerId);
      this.drawing.begin();
      this.move(this.plane.placeOf(event));
      this.use(undefined, this.cursor);
      this.last = this.cursor;
    });
    node.addEventListener('pointermove', (event) => {
      this.over = true;
      const events = event.getCoalescedEvents();
      for (const each of events.length > 0 ? events : [event]) this.follow(this.plane.placeOf(each));
    });
    for (const type of ['pointerup', 'pointercancel'] as const) node.addEventListener(type, () => this.lift());
    node.addEventListener('pointerleave', () => {
      this.over = false;
      this.requestDraw();
    });
    for (const type of ['focus', 'blur'] as const) node.addEventListener(type, () => this.requestDraw());
    node.addEventListener('keydown', (event) => this.key(event));
    window.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== 'z') return;
      event.preventDefault();
      this.drawing.undo();
    });
    new ResizeObserver(() => this.requestDraw()).observe(node);
  }

  private follow(place: Place): void {
    this.move(place);
    if (this.last === undefined) return;
    this.use(this.last, place);
    this.last = place;
  }

  private lift(): void {
    if (this.last === undefined) return;
    this.last = undefined;
    this.drawing.end();
  }

  private key(event: KeyboardEvent): void {
    const arrow = arrowOf(event);
    if (arrow !== undefined) {
      const step = event.shiftKey ? LONG_STEP : STEP;
      const within = (value: number) => Math.min(DRAWING_EXTENT, Math.max(-DRAWING_EXTENT, value));
      this.move([within(this.cursor[0] + step * arrow[0]), within(this.cursor[1] - step * arrow[1])]);
      this.say(`${this.cursor.map((value) => value.toFixed(2)).join(', ')}`);
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.once(this.tool);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this.once('eraser');
    } else {
      return;
    }
    event.preventDefault();
  }

  /** One press of a tool at the cursor. */
  private once(tool: Tool): void {
    this.drawing.begin();
    this.use(undefined, this.cursor, tool);
    this.drawing.end();
  }

  private use(from: Place | undefined, to: Place, tool = this.tool): void {
    if (tool === 'eraser') this.drawing.erase(to, this.radius);
    else this.drawing.add(from === undefined ? press(to, this.spread) : stroke(from, to, this.spread));
  }

  private get radius(): number {
    return Math.max(SMALLEST, SHOWN * this.spread);
  }

  private move(place: Place): void {
    this.cursor = place;
    this.requestDraw();
  }

  private changed(): void {
    const count = this.drawing.all.length;
    setText(this.count, `${count.toLocaleString('en-US')} ${count === 1 ? 'point' : 'points'}`);
    this.enable();
    if (count < FEWEST_DRAWN) this.say(`Draw at least ${FEWEST_DRAWN} points.`);
    else this.say(this.drawing.isFull ? 'The plane is full: no more points are drawn.' : '');
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(), KEEP_MILLISECONDS);
    this.requestDraw();
  }

  private keep(): void {
    clearTimeout(this.keeping);
    this.channel.editor.setState({ coordinates: this.drawing.coordinates } satisfies Kept);
  }

  private enable(): void {
    const count = this.drawing.all.length;
    this.save.disabled = this.train.disabled = this.asking || count < FEWEST_DRAWN;
    this.undo.disabled = !this.drawing.canUndo;
    this.clear.disabled = count === 0;
  }

  private async ask(what: keyof DrawingExchanges): Promise<void> {
    this.asking = true;
    this.enable();
    try {
      const { name } = await this.channel.request(what, { coordinates: this.drawing.coordinates });
      this.say(what === 'save' ? `Saved as ${name}.` : `Training from ${name}.`);
    } catch (error) {
      this.say(isCancelled(error) ? '' : errorMessage(error));
    } finally {
      this.asking = false;
      this.enable();
    }
  }

  private say(words: string): void {
    setText(this.status, words);
  }

  private requestDraw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      const shown = this.over || document.activeElement === this.plane.node;
      const radius = this.tool === 'eraser' ? this.radius : SHOWN * this.spread;
      const cursor = shown ? { place: this.cursor, radius, erases: this.tool === 'eraser' } : undefined;
      this.plane.draw({ points: this.drawing.all, cursor, theme: this.theme });
    });
  }
}
