import { button, toolRow } from '../../shared/controls';
import { element, setHidden, setText } from '../../shared/dom';
import { formatFixed } from '../../shared/format';
import { Latest } from '../host/latest';
import { digits } from '../projections/projection';
import { paint, picture } from '../model/picture';
import type { Exploration } from '../model/state';
import { dimensionOrder, MOST_DIMENSIONS, scaleOf, startLatent, startWords } from './base';
import { Tool, type ToolParts } from './tool';

const REACH = 4;

/** Edits one latent with one slider per dimension. */
export class SlidersTool extends Tool {
  private readonly output = picture('Image of the edited latent', 'large');
  private readonly summary = element('p', { class: 'dim' });
  private readonly list = element('div', { class: 'sliders' });
  private readonly newest = new Latest<readonly number[]>((latent) => this.decode(latent));
  private readonly more = button(`${MOST_DIMENSIONS} more`, () => this.showMore());
  private most = MOST_DIMENSIONS;
  private latent: number[] = [];
  private start: readonly number[] = [];
  private index: number | undefined;

  constructor(parts: ToolParts) {
    super(
      parts,
      'sliders',
      'Edit one latent',
      'settings',
      ['points', 'picked', 'label'],
      'A slider for each dimension of an image’s latent',
    );
    this.body.append(
      element(
        'div',
        { class: 'sticky-output' },
        this.output,
        element(
          'div',
          {},
          this.summary,
          toolRow(
            button('Reset', () => this.reset()),
            button('Show on map', () => this.store.probe(this.latent, 'the latent itself')),
          ),
        ),
      ),
      this.list,
      this.more,
    );
  }

  protected show(exploration: Exploration): void {
    const { latent, index } = startLatent(exploration);
    const same = index === this.index && latent.every((value, d) => value === this.start[d]);
    [this.start, this.index] = [latent, index];
    setText(this.summary, startWords(exploration));
    // Edits are kept as long as the latent that they started from is the same.
    if (!same || this.latent.length !== latent.length) this.latent = [...latent];
    this.list.replaceChildren(...dimensionOrder(exploration, this.most).map((d) => this.slider(d, exploration)));
    setHidden(this.more, latent.length <= this.most);
    this.newest.want([...this.latent]);
  }

  private showMore(): void {
    this.most += MOST_DIMENSIONS;
    if (this.current) this.show(this.current);
  }

  private slider(dimension: number, exploration: Exploration): HTMLElement {
    const { mean, deviation } = scaleOf(exploration, dimension);
    const value = this.latent[dimension] ?? 0;
    const reach = Math.max(REACH * deviation, Math.abs(value - mean));
    const name = `z${digits(dimension)}`;
    const input = element('input', {
      type: 'range',
      min: mean - reach,
      max: mean + reach,
      step: reach / 200,
      'aria-label': `Dimension ${dimension + 1}`,
    });
    input.value = String(value);
    const output = element('output', { class: 'number' }, formatFixed(value));
    input.addEventListener('input', () => {
      this.latent[dimension] = input.valueAsNumber;
      setText(output, formatFixed(input.valueAsNumber));
      this.newest.want([...this.latent]);
    });
    const inactive =
      !exploration.model.drawnPrior &&
      exploration.statistics !== undefined &&
      !exploration.statistics.active[dimension];
    return element(
      'label',
      {
        class: inactive ? 'slider inactive' : 'slider',
        title: inactive ? 'Inactive unit: its posterior mean does not vary with the data.' : undefined,
      },
      element('span', { class: 'number' }, name),
      input,
      output,
    );
  }

  private reset(): void {
    this.latent = [...this.start];
    if (this.current) this.show(this.current);
  }

  private async decode(latent: readonly number[]): Promise<void> {
    try {
      const images = await this.current?.model.decode([latent]);
      paint(this.output, images?.[0]);
    } catch (error) {
      this.parts.message.report(error);
    }
  }
}
