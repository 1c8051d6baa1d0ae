import { element, setHidden, setText } from '../../shared/dom';
import { Latest } from '../host/latest';
import { meanVector } from '../maths/vectors';
import { paint, picture } from '../model/picture';
import type { Explored, ToolActions } from '../model/state';
import { selectedOf, startLatent, startWords } from './base';
import { button, Tool, toolRow } from './tool';

interface Group {
  /** Of the points, which stay the same while the weights and with them the mean become others. */
  readonly indices: readonly number[];
  /** Of which points: those of another data set are others. */
  readonly images: Explored['images'];
  readonly mean: readonly number[];
}

interface Wish {
  readonly latents: readonly (readonly number[])[];
}

/**
 * An attribute as a direction: from the mean latent of one selection to that of another (Larsen et al. 2016), added to an
 * image as much as a slider says.
 */
export class ArithmeticTool extends Tool {
  private a: Group | undefined;
  private b: Group | undefined;
  private readonly wordsA = element('span', { class: 'number dim' }, 'no points');
  private readonly wordsB = element('span', { class: 'number dim' }, 'no points');
  private readonly pictureA = picture('Mean of selection A, decoded');
  private readonly pictureB = picture('Mean of selection B, decoded');
  private readonly result = picture('Image with the attribute added', 'large');
  private readonly summary = element('p', { class: 'dim' });
  private readonly output = element('output', { class: 'number' }, '1.0');
  private readonly slider = element('input', {
    type: 'range',
    min: -2,
    max: 2,
    step: 0.05,
    'aria-label': 'How much of A − B is added',
  });
  private readonly content: HTMLElement;
  private readonly newest = new Latest<Wish>((wish) => this.decode(wish));

  constructor(private readonly actions: ToolActions) {
    super(
      'arithmetic',
      'Attribute arithmetic',
      ['encoding', 'picked', 'label'],
      'Mean of selection A − mean of selection B, added to an image',
    );
    this.slider.value = '1';
    this.slider.addEventListener('input', () => this.compute());
    this.content = element(
      'div',
      { class: 'decoded', hidden: true },
      this.result,
      element(
        'div',
        { class: 'decoded-facts' },
        this.summary,
        element('label', { class: 'slider' }, element('span', {}, '× (A − B)'), this.slider, this.output),
        toolRow(
          button('Swap', () => this.swap()),
          button('Show on map', () => this.showOnMap()),
        ),
      ),
    );
    this.body.append(
      toolRow(
        button('A = selection', () => this.take('a')),
        this.pictureA,
        this.wordsA,
      ),
      toolRow(
        button('B = selection', () => this.take('b')),
        this.pictureB,
        this.wordsB,
      ),
      this.content,
    );
  }

  protected show(explored: Explored): void {
    for (const group of ['a', 'b'] as const) {
      const known = this[group];
      this[group] = known?.images === explored.images ? groupOf(known.indices, explored) : undefined;
    }
    this.compute();
  }

  private take(group: 'a' | 'b'): void {
    const explored = this.current;
    if (!explored) return;
    const taken = groupOf(selectedOf(explored), explored);
    if (!taken) {
      return this.actions.report('Select points first: with the lasso, a box, or all of a class by the search.');
    }
    this[group] = taken;
    this.compute();
  }

  private swap(): void {
    [this.a, this.b] = [this.b, this.a];
    this.compute();
  }

  private showOnMap(): void {
    const latent = this.edited();
    if (latent) this.actions.probe(latent);
  }

  private edited(): number[] | undefined {
    const { a, b, current } = this;
    if (!a || !b || !current) return undefined;
    const amount = this.slider.valueAsNumber;
    return startLatent(current).latent.map((value, d) => value + amount * (a.mean[d]! - b.mean[d]!));
  }

  private compute(): void {
    const { a, b, current } = this;
    const words = (group: Group | undefined) =>
      group ? `mean of ${group.indices.length.toLocaleString('en-US')} points` : 'no points';
    setText(this.wordsA, words(a));
    setText(this.wordsB, words(b));
    setText(this.output, this.slider.valueAsNumber.toFixed(2));
    setHidden(this.content, !a || !b);
    if (!current) return;
    setText(this.summary, startWords(current));
    const edited = this.edited();
    if (!edited) {
      const only = [a, b].flatMap((group) => (group ? [group.mean] : []));
      if (only.length > 0) this.newest.want({ latents: only });
      return;
    }
    this.newest.want({ latents: [a!.mean, b!.mean, edited] });
  }

  private async decode({ latents }: Wish): Promise<void> {
    try {
      const images = (await this.current?.model.decode(latents)) ?? [];
      const [first, second, edited] = images;
      paint(this.pictureA, this.a ? first : undefined);
      paint(this.pictureB, this.b ? (this.a ? second : first) : undefined);
      paint(this.result, edited);
    } catch (error) {
      this.actions.report(error);
    }
  }
}

/** The mean of points as they are now; undefined where none of them is shown. */
function groupOf(indices: readonly number[], { encoding, images }: Explored): Group | undefined {
  const shown = indices.filter((index) => index < encoding.latents.count);
  if (shown.length === 0) return undefined;
  return { indices, images, mean: Array.from(meanVector(encoding.latents, shown)) };
}
