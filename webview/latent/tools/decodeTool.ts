import { element, setHidden, setText } from '../../shared/dom';
import { formatStep } from '../../shared/format';
import { Latest } from '../host/latest';
import { isLong, nearestRows } from '../maths/vectors';
import { paint, picture } from '../model/picture';
import type { Pixels } from '../model/pixels';
import type { Explored, ToolActions } from '../model/state';
import { pictured, Tool, type Change, type MapActions } from './tool';

const NEAREST = 5;
/** A drag that pauses so long may wait for more than its picture. */
const REST_MILLISECONDS = 120;

interface Wish {
  readonly latent: readonly number[];
  /** How the latent was found, in words. */
  readonly how: string;
  readonly begun: number;
}

interface Decoded {
  readonly latent: readonly number[];
  readonly pixels: Pixels;
}

/** What the model makes of the latent under the pointer: its picture, that picture encoded again, and real images near it. */
export class DecodeTool extends Tool {
  private readonly decoded = picture('Decoded image', 'large');
  private readonly reconstruction = picture('The decoded image, encoded and decoded again');
  private readonly time = element('span', { class: 'number', title: 'From the movement to the picture' });
  private readonly againFrame = pictured(this.reconstruction, 'encoded again');
  private readonly near = Array.from({ length: NEAREST }, () => picture('Real image near it'));
  private readonly how = element('p', { class: 'dim how' });
  private readonly drift = element('p', { class: 'dim number' });
  private readonly empty = element(
    'p',
    { class: 'dim' },
    'Choose Decode above the points and drag: what lies there becomes a picture.',
  );
  private readonly frame: HTMLElement;
  private readonly newest = new Latest<Wish>(
    (wish) => this.decode(wish),
    (wish) => this.rest(wish),
  );
  private readonly settled = new Latest<Decoded>((decoded) => this.reencode(decoded));
  private resting: ReturnType<typeof setTimeout> | undefined;
  private pixels: Pixels | undefined;
  private nearest: readonly number[] = [];
  private last: Wish | undefined;
  /** Whether pictures are still on their way. */
  private missing = false;

  constructor(
    private readonly actions: ToolActions,
    private readonly map: Pick<MapActions, 'decoded' | 'reencoded'>,
  ) {
    super('decode', 'Decoded', 'eye', [], 'The picture of any point of the latent space');
    this.againFrame.classList.add('again');
    this.node.open = true;
    const buttons = this.near.map((canvas, i) => {
      const node = element('button', { type: 'button', class: 'picture-button' }, canvas);
      node.addEventListener('click', () => this.showNear(i));
      return node;
    });
    this.frame = element(
      'div',
      { class: 'decoded', hidden: true },
      element('div', { class: 'pair' }, pictured(this.decoded, this.time), this.againFrame),
      element(
        'div',
        { class: 'said' },
        this.how,
        this.drift,
        element('h3', {}, 'Nearest real images'),
        element('div', { class: 'thumbs nearest' }, ...buttons),
      ),
    );
    this.body.append(this.empty, this.frame);
  }

  /** Decodes a latent; only the newest one that was asked for matters. */
  probe(latent: readonly number[], how: string): void {
    this.last = { latent, how, begun: performance.now() };
    this.newest.want(this.last);
  }

  /** Decodes once more what was decoded last, since the model would now say something else. */
  again(): void {
    if (this.last && this.node.open) this.probe(this.last.latent, this.last.how);
  }

  protected override concerns(change: Change): boolean {
    return change === 'images' && this.missing;
  }

  protected show(explored: Explored): void {
    // What was decoded stays, until something else is; pictures of its neighbours may have come.
    if (this.last && this.missing) this.showNearest(explored, this.last.latent);
  }

  private async decode({ latent, how, begun }: Wish): Promise<void> {
    const explored = this.current;
    if (!explored) return;
    try {
      const { image: pixels, step } = await explored.model.decodeOne(latent);
      this.pixels = pixels;
      paint(this.decoded, pixels);
      setHidden(this.frame, false);
      setHidden(this.empty, true);
      const canEncode = explored.model.encodes !== undefined;
      for (const part of [this.againFrame, this.drift]) {
        setHidden(part, !canEncode);
        // Until it is encoded again, what stands there is about the place before.
        part.classList.add('stale');
      }
      setText(this.how, [how, byStep(explored, step)].filter(Boolean).join(' · '));
      setText(this.time, `decoded in ${Math.max(1, Math.round(performance.now() - begun))} ms`);
      this.frame.dataset['milliseconds'] = (performance.now() - begun).toFixed(1);
      if (!isLong(explored.encoding.latents)) this.showNearest(explored, latent);
      if (pixels) this.map.decoded(pixels, this.decoded);
    } catch (error) {
      this.actions.report(error);
    }
  }

  private showNearest(explored: Explored, latent: readonly number[]): void {
    const near = nearestRows(explored.encoding.latents, latent, NEAREST);
    this.nearest = near.map(({ index }) => index);
    this.missing = false;
    this.near.forEach((canvas, i) => {
      const index = this.nearest[i];
      const pixels = index === undefined ? undefined : explored.images.get(index);
      paint(canvas, pixels);
      if (index === undefined) return;
      this.missing ||= !pixels;
      const label = explored.className(index);
      canvas.title = label === undefined ? explored.name(index) : `${explored.name(index)} · ${label}`;
    });
  }

  private showNear(i: number): void {
    const index = this.nearest[i];
    if (index !== undefined) this.actions.show(index);
  }

  private rest({ latent }: Wish): void {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const { pixels } = this;
      if (!pixels || !this.newest.idle) return;
      if (this.current && isLong(this.current.encoding.latents)) this.showNearest(this.current, latent);
      this.settled.want({ latent, pixels });
    }, REST_MILLISECONDS);
  }

  /** The picture back through the encoder, and that through the decoder. */
  private async reencode({ latent, pixels }: Decoded): Promise<void> {
    const explored = this.current;
    if (!explored?.model.encodes) return;
    try {
      const { latents } = await explored.model.encodeImages([pixels]);
      const again = Array.from(latents.data);
      const [decodedAgain] = await explored.model.decode([again]);
      // The drag has gone on: this is about another place.
      if (this.pixels !== pixels) return;
      paint(this.reconstruction, decodedAgain);
      for (const part of [this.againFrame, this.drift]) part.classList.remove('stale');
      const distance = Math.hypot(...again.map((value, d) => value - latent[d]!));
      setText(this.drift, `Encoded again, it lies ${distance.toFixed(2)} away from where it was.`);
      this.map.reencoded(again);
    } catch (error) {
      this.actions.report(error);
    }
  }
}

/** Beside a live run the points are of earlier weights than those that decode now. */
function byStep({ model, encoding }: Explored, step: number): string {
  return model.at !== undefined || step === encoding.step ? '' : `by the weights of step ${formatStep(step)}`;
}
