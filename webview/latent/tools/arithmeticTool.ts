import { plural } from '../../../src/common/plural';
import { setDisabled } from '../../shared/disabling';
import { button, toolRow } from '../../shared/controls';
import { element, setHidden, setText } from '../../shared/dom';
import { formatFixed } from '../../shared/format';
import { Latest } from '../host/latest';
import { meanVector } from '../maths/vectors';
import { paint, paintGrid, picture } from '../model/picture';
import type { Exploration } from '../model/state';
import { selectedOf, startLatent, startWords } from './base';
import { Tool, type ToolParts } from './tool';

/** Largest amount that is added or subtracted, and the amounts of a strip. */
const REACH = 2;
const AMOUNTS = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];

interface Group {
  /** The points, from which the mean is recomputed for other weights. */
  readonly indices: readonly number[];
  /** Identifies the data set of the points. */
  readonly images: Exploration['images'];
  readonly mean: readonly number[];
}

interface DecodeRequest {
  readonly latents: readonly (readonly number[])[];
}

/**
 * An attribute as a direction from the mean latent of one selection to that of another (Larsen et al. 2016), added to
 * an image by the amount of a slider.
 */
export class ArithmeticTool extends Tool {
  /** Points that have the attribute, and points that lack it. */
  private having: Group | undefined;
  private lacking: Group | undefined;
  private readonly wordsHaving = element('span', { class: 'number dim' }, 'no points');
  private readonly wordsLacking = element('span', { class: 'number dim' }, 'no points');
  private readonly pictureHaving = picture('Mean of the points with the attribute, decoded');
  private readonly pictureLacking = picture('Mean of the points without it, decoded');
  private readonly result = picture('Image with the attribute added', 'large');
  /** From the least amount to the largest, for a model without an encoder. */
  private readonly strip = picture(`Images with ${AMOUNTS.join(', ')} times the attribute added`, 'strip');
  private readonly stripWords = element('p', { class: 'dim' }, `amounts from −${REACH} to ${REACH}`);
  private readonly summary = element('p', { class: 'dim' });
  private readonly output = element('output', { class: 'number' });
  private readonly slider = element('input', {
    type: 'range',
    min: -REACH,
    max: REACH,
    step: 0.05,
    'aria-label': 'How much of the attribute is added',
  });
  private readonly hint = element('p', { class: 'dim' });
  private readonly takeHaving = button('With = selection', () => this.take('having'), 'The points with the attribute');
  private readonly takeLacking = button(
    'Without = selection',
    () => this.take('lacking'),
    'The points without the attribute',
  );
  private readonly content: HTMLElement;
  private readonly newest = new Latest<DecodeRequest>((request) => this.decode(request));

  constructor(parts: ToolParts) {
    super(
      parts,
      'arithmetic',
      'Attribute arithmetic',
      'symbol-operator',
      ['points', 'picked', 'label'],
      'Add the difference between two selections',
    );
    this.slider.value = '1';
    this.slider.addEventListener('input', () => this.compute());
    this.content = element(
      'div',
      { class: 'beside', hidden: true },
      this.result,
      element(
        'div',
        { class: 'stacked' },
        this.summary,
        element('p', {}, '+ amount × (with − without)'),
        element('label', { class: 'slider' }, element('span', {}, 'amount'), this.slider, this.output),
        toolRow(
          button('Swap', () => this.swap(), 'Exchange the two selections'),
          button('Show on map', () => this.showOnMap()),
        ),
      ),
    );
    this.body.append(
      this.hint,
      groupRow(this.pictureHaving, this.takeHaving, this.wordsHaving),
      groupRow(this.pictureLacking, this.takeLacking, this.wordsLacking),
      this.content,
      this.strip,
      this.stripWords,
    );
    // Another selection changes only what can be taken.
    this.store.on(['selected'], () => this.offer());
    this.offer();
  }

  protected show(exploration: Exploration): void {
    for (const group of ['having', 'lacking'] as const) {
      const known = this[group];
      this[group] = known?.images === exploration.images ? groupOf(known.indices, exploration) : undefined;
    }
    this.offer();
    this.compute();
  }

  /** Disables the buttons without a selection. */
  private offer(): void {
    const nothing = !this.current || selectedOf(this.current).length === 0;
    const why = nothing ? 'Select points first: with the lasso, a box or the search.' : undefined;
    for (const node of [this.takeHaving, this.takeLacking]) setDisabled(node, why);
  }

  private take(group: 'having' | 'lacking'): void {
    const exploration = this.current;
    const taken = exploration && groupOf(selectedOf(exploration), exploration);
    if (!taken) return;
    this[group] = taken;
    this.compute();
  }

  private swap(): void {
    [this.having, this.lacking] = [this.lacking, this.having];
    this.compute();
  }

  private showOnMap(): void {
    const latent = this.edited();
    if (latent) this.store.probe(latent, 'the latent itself');
  }

  private edited(amount = this.slider.valueAsNumber): number[] | undefined {
    const { having, lacking, current } = this;
    if (!having || !lacking || !current) return undefined;
    return startLatent(current).latent.map((value, d) => value + amount * (having.mean[d]! - lacking.mean[d]!));
  }

  private compute(): void {
    const { having, lacking, current } = this;
    const words = (group: Group | undefined) =>
      group
        ? plural(group.indices.length, 'point', 'points', group.indices.length.toLocaleString('en-US'))
        : 'no points';
    setText(this.wordsHaving, words(having));
    setText(this.wordsLacking, words(lacking));
    setText(this.output, formatFixed(this.slider.valueAsNumber));
    const choices = current?.model.drawnPrior
      ? 'under Draws, or with the lasso'
      : 'a class with the search, or with the lasso';
    setText(this.hint, `Select points with a common attribute (${choices}), then points without it.`);
    setHidden(this.hint, having !== undefined && lacking !== undefined);
    setHidden(this.content, !having || !lacking);
    const stripped = having !== undefined && lacking !== undefined && current?.model.drawnPrior !== undefined;
    for (const part of [this.strip, this.stripWords]) setHidden(part, !stripped);
    if (!current) return;
    setText(this.summary, startWords(current));
    const edited = this.edited();
    if (!edited) {
      const only = [having, lacking].flatMap((group) => (group ? [group.mean] : []));
      if (only.length > 0) this.newest.want({ latents: only });
      return;
    }
    const along = stripped ? AMOUNTS.flatMap((amount) => [this.edited(amount) ?? []]) : [];
    this.newest.want({ latents: [having!.mean, lacking!.mean, edited, ...along] });
  }

  private async decode({ latents }: DecodeRequest): Promise<void> {
    try {
      const images = (await this.current?.model.decode(latents)) ?? [];
      const [first, second, edited, ...along] = images;
      paintGrid(this.strip, along, AMOUNTS.length);
      paint(this.pictureHaving, this.having ? first : undefined);
      paint(this.pictureLacking, this.lacking ? (this.having ? second : first) : undefined);
      paint(this.result, edited);
    } catch (error) {
      this.parts.message.report(error);
    }
  }
}

function groupRow(image: HTMLElement, take: HTMLElement, words: HTMLElement): HTMLElement {
  return element('div', { class: 'group-row' }, image, take, words);
}

/** The group with its current mean; undefined if none of its points is shown. */
function groupOf(indices: readonly number[], { encoding, images }: Exploration): Group | undefined {
  const shown = indices.filter((index) => index < encoding.latents.count);
  if (shown.length === 0) return undefined;
  return { indices, images, mean: Array.from(meanVector(encoding.latents, shown)) };
}
