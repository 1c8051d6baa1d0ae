import { pictured } from '../../shared/controls';
import { element, setHidden, setText } from '../../shared/dom';
import { formatStep } from '../../shared/format';
import { Latest } from '../host/latest';
import { isLong, nearestRows } from '../maths/vectors';
import { paint, picture } from '../model/picture';
import type { Pixels } from '../model/pixels';
import type { Exploration, Slice } from '../model/state';
import { Tool, type ToolParts } from './tool';

const NEAREST = 5;
/** After a pause of this length in a drag, its neighbors and its reconstruction are computed, too. */
const REST_MILLISECONDS = 120;

interface DecodeRequest {
  readonly latent: readonly number[];
  /** How the latent was found: "inverse PCA". */
  readonly how: string;
  /** Time of the request, in milliseconds. */
  readonly begun: number;
}

interface Decoded {
  readonly latent: readonly number[];
  readonly pixels: Pixels;
}

/** The decoded image of a latent, its reconstruction, and the nearest real images. */
export class DecodeTool extends Tool {
  private readonly decoded = picture('Decoded image', 'large');
  private readonly reconstruction = picture('The decoded image, encoded and decoded again');
  private readonly time = element('span', { class: 'number', title: 'From the movement to the image' });
  private readonly againFrame = pictured(this.reconstruction, 'encoded again');
  private readonly near = Array.from({ length: NEAREST }, () => picture('Real image near it'));
  private readonly nearTitle = element('h3', {}, 'Nearest real images');
  private readonly how = element('p', { class: 'dim how' });
  private readonly drift = element('p', { class: 'dim number' });
  private readonly empty = element(
    'p',
    { class: 'dim' },
    'Choose Decode above the map and drag over it to decode the latents under the pointer.',
  );
  private readonly frame: HTMLElement;
  private readonly newest = new Latest<DecodeRequest>(
    (request) => this.decode(request),
    (request) => this.rest(request),
  );
  private readonly settled = new Latest<Decoded>((decoded) => this.reencode(decoded));
  private resting: ReturnType<typeof setTimeout> | undefined;
  private pixels: Pixels | undefined;
  private nearest: readonly number[] = [];
  private last: DecodeRequest | undefined;
  /** Whether images of neighbors have not arrived yet. */
  private missing = false;

  constructor(parts: ToolParts) {
    super(parts, 'decode', 'Decoded', 'eye', [], 'The image of any point of the latent space');
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
        this.nearTitle,
        element('div', { class: 'thumbs nearest' }, ...buttons),
      ),
    );
    this.body.append(this.empty, this.frame);
    this.store.on(['probe'], () => this.probe());
    this.store.on(['points', 'label'], () => this.decodeAgain());
  }

  protected override concerns(changed: ReadonlySet<Slice>): boolean {
    return changed.has('images') && this.missing;
  }

  protected show(exploration: Exploration): void {
    // The decoded image stays; those of its neighbors may have arrived.
    if (this.last && this.missing) this.showNearest(exploration, this.last.latent);
  }

  private probe(): void {
    const { probe } = this.store.state;
    if (!probe) return;
    this.node.open = true;
    this.request(probe);
  }

  /** Other weights or another class decode to another image. */
  private decodeAgain(): void {
    if (this.last && this.node.open) this.request(this.last);
  }

  private request({ latent, how }: Pick<DecodeRequest, 'latent' | 'how'>): void {
    this.last = { latent, how, begun: performance.now() };
    this.newest.want(this.last);
  }

  private async decode({ latent, how, begun }: DecodeRequest): Promise<void> {
    const exploration = this.current;
    if (!exploration) return;
    try {
      const { image: pixels, step } = await exploration.model.decodeOne(latent);
      this.pixels = pixels;
      paint(this.decoded, pixels);
      setHidden(this.frame, false);
      setHidden(this.empty, true);
      const canEncode = exploration.model.encodes !== undefined;
      for (const part of [this.againFrame, this.drift]) {
        setHidden(part, !canEncode);
        // Until the image is encoded again, these describe the latent before.
        part.classList.add('stale');
      }
      setText(this.how, [how, byStep(exploration, step)].filter(Boolean).join(' · '));
      setText(this.time, `decoded in ${Math.max(1, Math.round(performance.now() - begun))} ms`);
      this.frame.dataset['milliseconds'] = (performance.now() - begun).toFixed(1);
      if (!isLong(exploration.encoding.latents)) this.showNearest(exploration, latent);
      if (pixels) this.store.update({ decoded: { pixels, node: this.decoded } });
    } catch (error) {
      this.parts.message.report(error);
    }
  }

  private showNearest(exploration: Exploration, latent: readonly number[]): void {
    const draws = exploration.model.drawnPrior !== undefined;
    setText(this.nearTitle, draws ? 'Nearest draws' : 'Nearest real images');
    for (const canvas of this.near) canvas.setAttribute('aria-label', draws ? 'Draw near it' : 'Real image near it');
    const near = nearestRows(exploration.encoding.latents, latent, NEAREST);
    this.nearest = near.map(({ index }) => index);
    this.missing = false;
    this.near.forEach((canvas, i) => {
      const index = this.nearest[i];
      const pixels = index === undefined ? undefined : exploration.images.get(index);
      paint(canvas, pixels);
      if (index === undefined) return;
      this.missing ||= !pixels;
      const label = exploration.className(index);
      canvas.title = label === undefined ? exploration.name(index) : `${exploration.name(index)} · ${label}`;
    });
  }

  private showNear(i: number): void {
    const index = this.nearest[i];
    if (index !== undefined) this.parts.picking.show(index);
  }

  private rest({ latent }: DecodeRequest): void {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const { pixels } = this;
      if (!pixels || !this.newest.idle) return;
      if (this.current && isLong(this.current.encoding.latents)) this.showNearest(this.current, latent);
      this.settled.want({ latent, pixels });
    }, REST_MILLISECONDS);
  }

  /** Encodes the image, and decodes the result. */
  private async reencode({ latent, pixels }: Decoded): Promise<void> {
    const exploration = this.current;
    if (!exploration?.model.encodes) return;
    try {
      const { latents } = await exploration.model.encodeImages([pixels]);
      const again = Array.from(latents.data);
      const [decodedAgain] = await exploration.model.decode([again]);
      // The drag has moved to another latent meanwhile.
      if (this.pixels !== pixels) return;
      paint(this.reconstruction, decodedAgain);
      for (const part of [this.againFrame, this.drift]) part.classList.remove('stale');
      const distance = Math.hypot(...again.map((value, d) => value - latent[d]!));
      setText(this.drift, `Encoded again, it is ${distance.toFixed(2)} away from where it was.`);
      this.store.update({ reencoded: again });
    } catch (error) {
      this.parts.message.report(error);
    }
  }
}

/** Names the step of the decoder's weights if a live run has trained since it encoded the points. */
function byStep({ model, encoding }: Exploration, step: number): string {
  return model.at !== undefined || step === encoding.step ? '' : `by the weights of step ${formatStep(step)}`;
}
