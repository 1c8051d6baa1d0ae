import { button, segmented, toolRow } from '../../shared/controls';
import { element, setHidden, setText } from '../../shared/dom';
import { encodeGif } from '../export/gif';
import { Latest } from '../host/latest';
import { interpolate, type Path } from '../maths/interpolate';
import { seededRandom } from '../maths/random';
import { row } from '../maths/vectors';
import { paint, paintGrid, picture, toPng } from '../model/picture';
import type { Pixels } from '../model/pixels';
import type { Exploration } from '../model/state';
import { Tool, type ToolParts } from './tool';

const STRIP = 8;
const FRAMES = 36;
const FRAME_MILLISECONDS = 55;
/** Approximate size in pixels to which saved images are enlarged. */
const SAVED_PIXELS = 224;

interface Interpolation extends Pick<Exploration, 'model'> {
  readonly latents: ReturnType<typeof interpolate>;
}

/** The interpolation between two picked images, as a strip and as an animation. */
export class InterpolateTool extends Tool {
  /** Undefined until the user chooses one. */
  private chosen: Path | undefined;
  private frames: readonly Pixels[] = [];
  private interpolation: ReturnType<typeof interpolate> = [];
  private readonly empty = element('p', { class: 'dim' }, 'Pick two points: a click on each, or Enter.');
  private readonly two = button('Pick two draws', () => this.pickDraws(), 'Two of the draws at random');
  private readonly random = seededRandom(1);
  private readonly strip = picture('Interpolation, from the first picked image to the second', 'strip');
  private readonly film = picture('Interpolation, animated', 'large');
  private readonly where = element('p', { class: 'dim number' });
  private readonly kinds: HTMLElement;
  private readonly play = button('Play', () => this.toggle());
  private readonly content: HTMLElement;
  private playing: ReturnType<typeof setInterval> | undefined;
  /** One at a time: a followed run may send points faster than a path is decoded. */
  private readonly newest = new Latest<Interpolation>((interpolation) => this.decode(interpolation));
  private frame = 0;

  constructor(parts: ToolParts) {
    super(
      parts,
      'interpolate',
      'Interpolate',
      'arrow-swap',
      ['points', 'picked', 'label'],
      'From one picked image to another',
    );
    this.node.open = true;
    this.kinds = segmented<Path>(
      'Path',
      [
        ['linear', 'linear'],
        ['spherical', 'spherical'],
      ],
      'spherical',
      (path) => {
        this.chosen = path;
        if (this.current) this.compute(this.current);
      },
    );
    this.content = element(
      'div',
      { hidden: true },
      toolRow(this.kinds, this.where),
      this.strip,
      element(
        'div',
        { class: 'film' },
        this.film,
        element(
          'div',
          { class: 'stacked' },
          this.play,
          button('Save PNG…', () => void this.savePng(), 'The strip'),
          button('Save GIF…', () => this.saveGif(), 'There and back, animated'),
        ),
      ),
    );
    this.body.append(this.empty, this.two, this.content);
    this.node.addEventListener('toggle', () => this.toggled());
  }

  protected show(exploration: Exploration): void {
    this.compute(exploration);
  }

  private compute(exploration: Exploration): void {
    const [a, b] = exploration.picked;
    const two = a !== undefined && b !== undefined;
    setHidden(this.content, !two);
    setHidden(this.empty, two);
    setHidden(this.two, !exploration.model.drawnPrior);
    const path = this.pathFor(exploration);
    this.kinds.querySelectorAll('input').forEach((input) => (input.checked = input.value === path));
    if (!two) {
      this.stop();
      this.interpolation = [];
      return this.store.update({ path: [] });
    }
    const { latents } = exploration.encoding;
    const between = (this.interpolation = interpolate(row(latents, a), row(latents, b), FRAMES, path));
    this.store.update({ path: between });
    setText(this.where, `A ${exploration.name(a)} → B ${exploration.name(b)}`);
    this.newest.want({ model: exploration.model, latents: between });
  }

  /** A line between two draws from a box stays in it; on spheres, those of a normal prior lie. */
  private pathFor({ model }: Pick<Exploration, 'model'>): Path {
    return this.chosen ?? (model.drawnPrior === 'uniform' ? 'linear' : 'spherical');
  }

  private pickDraws(): void {
    const count = this.current?.encoding.latents.count ?? 0;
    if (count < 2) return;
    const first = Math.floor(this.random() * count);
    const second = (first + 1 + Math.floor(this.random() * (count - 1))) % count;
    this.store.update({ picked: [first, second] });
  }

  private get fileName(): string {
    return `interpolation-${this.current ? this.pathFor(this.current) : 'spherical'}`;
  }

  private async decode({ model, latents }: Interpolation): Promise<void> {
    try {
      const frames = await model.decode(latents);
      this.frames = frames;
      const shown = Array.from({ length: STRIP }, (_, i) => frames[Math.round((i * (FRAMES - 1)) / (STRIP - 1))]!);
      paintGrid(this.strip, shown, STRIP);
      this.showFrame(0);
    } catch (error) {
      if (!this.newest.outdated) this.parts.message.report(error);
    }
  }

  /** A folded tool does not update, so the path on the map is removed. */
  private toggled(): void {
    if (!this.node.open) this.stop();
    this.store.update({ path: this.node.open ? this.interpolation : [] });
  }

  private toggle(): void {
    if (this.playing !== undefined) return this.stop();
    setText(this.play, 'Stop');
    this.playing = setInterval(() => this.showFrame(this.frame + 1), FRAME_MILLISECONDS);
  }

  private stop(): void {
    clearInterval(this.playing);
    this.playing = undefined;
    setText(this.play, 'Play');
  }

  /** There and back again. */
  private showFrame(frame: number): void {
    this.frame = frame % (2 * FRAMES - 2);
    paint(this.film, this.frames[this.frame < FRAMES ? this.frame : 2 * FRAMES - 2 - this.frame]);
  }

  private async savePng(): Promise<void> {
    const scale = Math.max(1, Math.round(SAVED_PIXELS / Math.max(1, this.strip.height)));
    void this.parts.saving.file('png', this.fileName, await toPng(this.strip, scale));
  }

  private saveGif(): void {
    const back = this.frames.slice(1, -1).reverse();
    const all = [...this.frames, ...back];
    const scale = Math.max(1, Math.round(SAVED_PIXELS / Math.max(1, all[0]?.height ?? 1)));
    void this.parts.saving.file('gif', this.fileName, encodeGif(all, FRAME_MILLISECONDS, scale));
  }
}
