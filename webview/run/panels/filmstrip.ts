import type { PanelOf } from '../../../src/protocol/panels';
import '../../shared/toolbarButton';
import { element, setHidden, setText } from '../../shared/dom';
import { formatStep } from '../../shared/format';
import { nothingLogged } from './nothingLogged';
import { ValueError } from '../../shared/host';
import { Picture } from '../picture';
import { stopFor } from '../playhead';
import type { Animation } from './animation';
import { Latest } from './latest';
import type { PanelFrame, PanelServices, PanelView } from './panel';

type Declaration = PanelOf<'filmstrip'>;

const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;

/** An animation of one tag at the playhead's step: shows its last frame, the finished image, until it is played. */
export class FilmstripPanel implements PanelView<'filmstrip'> {
  readonly node: HTMLElement;
  private readonly heading = element('h2');
  private readonly where = element('span', { class: 'where number' });
  private readonly picture = new Picture();
  private readonly message = element('p', { class: 'dim', hidden: true });
  private readonly button = element('vscode-toolbar-button', { icon: 'play', label: 'Play', title: 'Play' });
  private readonly slider = element('input', {
    type: 'range',
    min: 0,
    step: 1,
    class: 'timeline-slider',
    'aria-label': 'Frame',
  });
  private readonly count = element('output', { class: 'number frame-count' });
  private readonly speed = element(
    'select',
    { 'aria-label': 'Speed', class: 'frame-speed' },
    ...SPEEDS.map((value) => element('option', { value: String(value), selected: value === 1 }, `${value}×`)),
  );
  private readonly controls = element(
    'div',
    { class: 'frame-controls', hidden: true },
    this.button,
    this.slider,
    this.count,
    this.speed,
  );
  private readonly stillness = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly latest = new Latest<Animation>(
    (animation) => this.take(animation),
    (reason) => this.say(reason),
  );
  private declaration: Declaration | undefined;
  private animation: Animation | undefined;
  private index = 0;
  private playing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts requests: a frame that is decoded late must not be drawn over a later one. */
  private turn = 0;

  constructor(private readonly services: PanelServices) {
    this.node = element(
      'section',
      { class: 'card image-panel filmstrip-panel' },
      element('header', {}, this.heading, this.where),
      this.picture.node,
      this.controls,
      this.message,
    );
    this.button.addEventListener('click', () => (this.playing ? this.pause() : this.play()));
    this.slider.addEventListener('input', () => {
      this.pause();
      this.index = this.slider.valueAsNumber;
      void this.draw();
    });
  }

  update(declaration: Declaration, { run, step }: PanelFrame): void {
    this.declaration = declaration;
    const { tag, title } = declaration;
    const { animations } = this.services;
    const steps = run.images.get(tag) ?? new Float64Array(0);
    setText(this.heading, title);
    if (animations.noteSteps(tag, steps)) this.latest.forget();
    const wanted = stopFor(steps, step);
    if (wanted === undefined) return this.say(nothingLogged(title));
    this.latest.want(`${wanted} ${tag}`, () => animations.get(tag, wanted));
  }

  dispose(): void {
    this.pause();
    this.latest.dispose();
    this.picture.dispose();
    this.node.remove();
  }

  /** Another step's animation starts at the frame where the previous one stood. */
  private take(animation: Animation): void {
    const atEnd = this.animation === undefined || this.index >= this.animation.length - 1;
    this.animation = animation;
    const last = animation.length - 1;
    if (!this.playing || this.index > last) this.index = atEnd ? last : Math.min(this.index, last);
    setHidden(this.message, true);
    setHidden(this.controls, last < 1);
    this.slider.max = String(last);
    if (last < 1) this.pause();
    void this.draw();
  }

  private play(): void {
    const { animation } = this;
    if (animation === undefined) return;
    if (this.index >= animation.length - 1) this.index = 0;
    this.playing = true;
    this.showButton();
    void this.draw();
  }

  private pause(): void {
    this.playing = false;
    clearTimeout(this.timer);
    this.showButton();
  }

  private showButton(): void {
    const word = this.playing ? 'Pause' : 'Play';
    this.button.icon = this.playing ? 'debug-pause' : 'play';
    this.button.label = word;
    this.button.title = word;
  }

  /** Draws the current frame and, while playing, schedules the next one. */
  private async draw(): Promise<void> {
    const { animation, index } = this;
    if (animation === undefined) return;
    const turn = ++this.turn;
    clearTimeout(this.timer);
    try {
      const bitmap = await animation.frame(index);
      if (turn !== this.turn) return;
      this.show(bitmap, animation, index);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      if (turn !== this.turn) return;
      this.pause();
      return this.say(error.message);
    }
    if (!this.playing) return;
    this.timer = setTimeout(() => this.advance(animation), animation.delay(index) / Number(this.speed.value));
  }

  /** With reduced motion, a played animation ends after one pass; otherwise it repeats. */
  private advance(animation: Animation): void {
    const last = this.index >= animation.length - 1;
    if (last && this.stillness.matches) return this.pause();
    this.index = last ? 0 : this.index + 1;
    void this.draw();
  }

  private show(bitmap: ImageBitmap, animation: Animation, index: number): void {
    const { title, tag } = this.declaration!;
    const where = `step ${formatStep(animation.step)}`;
    const place = `frame ${index + 1} of ${animation.length}`;
    const enlarge = () =>
      this.services.enlarge({
        bitmap,
        title,
        where: animation.length > 1 ? `${where}, ${place}` : where,
        save: () => this.services.save(tag, animation.step),
      });
    this.picture.show(bitmap, `${title} at ${where}, ${place}`, enlarge);
    setText(this.where, where);
    setText(this.count, `${index + 1} / ${animation.length}`);
    this.slider.value = String(index);
    this.slider.setAttribute('aria-valuetext', place);
  }

  private say(text: string): void {
    setText(this.message, text);
    setHidden(this.message, false);
  }
}
