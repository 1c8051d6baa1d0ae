import { element, setHidden, setText } from '../../shared/dom';
import { Latest } from '../host/latest';
import { nearestRows } from '../maths/vectors';
import { paint, picture } from '../model/picture';
import type { Explored, ToolActions } from '../model/state';
import { Tool } from './tool';

const NEAREST = 5;

interface Wish {
  readonly latent: readonly number[];
  /** How the latent was found, in words. */
  readonly how: string;
  readonly begun: number;
}

/** What the model makes of the latent under the pointer: its picture, that picture encoded again, and real images near it. */
export class DecodeTool extends Tool {
  private readonly decoded = picture('Decoded image', 'large');
  private readonly reconstruction = picture('The decoded image, encoded and decoded again');
  private readonly againFrame = element('figure', {}, this.reconstruction, element('figcaption', {}, 'encoded again'));
  private readonly near = Array.from({ length: NEAREST }, () => picture('Real image near it', 'clickable'));
  private readonly how = element('p', { class: 'dim' });
  private readonly time = element('p', { class: 'dim number', title: 'From the movement to the picture' });
  private readonly drift = element('p', { class: 'dim number' });
  private readonly empty = element(
    'p',
    { class: 'dim' },
    'Choose Decode above the points and drag: what lies there becomes a picture.',
  );
  private readonly frame: HTMLElement;
  private readonly newest = new Latest<Wish>(
    (wish) => this.decode(wish),
    ({ latent }) => this.settled.want(latent),
  );
  private readonly settled = new Latest<readonly number[]>((latent) => this.reencode(latent));
  private nearest: readonly number[] = [];
  private last: Wish | undefined;

  /** @param reencoded is told where what was decoded lies when it is encoded again */
  constructor(
    private readonly actions: ToolActions,
    private readonly reencoded: (latent: readonly number[] | undefined) => void,
  ) {
    super('decode', 'Decoded', [], 'The picture of any point of the latent space');
    this.node.open = true;
    const nearest = element('div', { class: 'thumbs' }, ...this.near);
    this.near.forEach((canvas, i) => canvas.addEventListener('click', () => this.showNear(i)));
    this.frame = element(
      'div',
      { class: 'decoded', hidden: true },
      this.decoded,
      element(
        'div',
        { class: 'decoded-facts' },
        this.how,
        this.time,
        this.againFrame,
        this.drift,
        element('p', { class: 'dim' }, 'nearest real'),
        nearest,
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
    if (this.last) this.probe(this.last.latent, this.last.how);
  }

  protected show(): void {
    // What was decoded stays, until something else is.
  }

  private async decode({ latent, how, begun }: Wish): Promise<void> {
    const explored = this.current;
    if (!explored) return;
    try {
      const [pixels] = await explored.model.decode([latent]);
      paint(this.decoded, pixels);
      setHidden(this.frame, false);
      setHidden(this.empty, true);
      setText(this.how, how);
      setText(this.time, `${Math.max(1, Math.round(performance.now() - begun))} ms`);
      this.frame.dataset['milliseconds'] = (performance.now() - begun).toFixed(1);
      this.showNearest(explored, latent);
    } catch (error) {
      this.actions.report(error);
    }
  }

  private showNearest(explored: Explored, latent: readonly number[]): void {
    const near = nearestRows(explored.encoding.latents, latent, NEAREST);
    this.nearest = near.map(({ index }) => index);
    this.near.forEach((canvas, i) => {
      const index = this.nearest[i];
      paint(canvas, index === undefined ? undefined : explored.images.get(index));
      if (index === undefined) return;
      canvas.title = `${explored.name(index)}${explored.className(index) === undefined ? '' : ` · ${explored.className(index)}`}`;
    });
  }

  private showNear(i: number): void {
    const index = this.nearest[i];
    if (index !== undefined) this.actions.show(index);
  }

  /** Once the drag has a moment: the picture back through the encoder, and that through the decoder. */
  private async reencode(latent: readonly number[]): Promise<void> {
    const explored = this.current;
    const canEncode = explored?.model.description.abilities.encode !== undefined;
    setHidden(this.againFrame, !canEncode);
    setHidden(this.drift, !canEncode);
    if (!explored || !canEncode || !this.newest.idle) return;
    try {
      const [pixels] = await explored.model.decode([latent]);
      if (!pixels || !this.newest.idle) return;
      const { latents } = await explored.model.encodeImages([pixels]);
      const again = Array.from(latents.data);
      const [decodedAgain] = await explored.model.decode([again]);
      if (!this.newest.idle) return;
      paint(this.reconstruction, decodedAgain);
      const distance = Math.hypot(...again.map((value, d) => value - latent[d]!));
      setText(this.drift, `${distance.toFixed(2)} away from where it was`);
      this.reencoded(again);
    } catch (error) {
      this.actions.report(error);
    }
  }
}
