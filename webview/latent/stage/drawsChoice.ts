import { button } from '../../shared/controls';
import { element, setHidden, setText } from '../../shared/dom';
import type { Navigation } from '../control/navigation';
import { MOST_DRAWS, MOST_SEED, PRIOR_WORDS, type Draws } from '../maths/priorDraws';
import type { ExplorerStore } from '../model/state';

/** Of a model without an encoder: states that its points are draws from the prior, and how many of which seed. */
export class DrawsChoice {
  private readonly words = element('span', { class: 'dim' });
  private readonly count = numberField('Number of draws', 1, MOST_DRAWS);
  private readonly seed = numberField('Seed of the draws', 0, MOST_SEED);
  readonly node = element(
    'span',
    { class: 'draws-choice', hidden: true },
    this.words,
    element('label', {}, 'draws', this.count),
    element('label', {}, 'seed', this.seed),
    button('Draw others', () => this.choose({ seed: (this.draws.seed + 1) % (MOST_SEED + 1) }), 'The next seed'),
  );

  constructor(
    private readonly store: ExplorerStore,
    private readonly navigation: Pick<Navigation, 'chooseDraws'>,
  ) {
    this.count.addEventListener('change', () => this.choose({ count: this.count.valueAsNumber }));
    this.seed.addEventListener('change', () => this.choose({ seed: this.seed.valueAsNumber }));
    store.on(['draws', 'points'], () => this.write());
  }

  private get draws(): Draws {
    return this.store.state.draws;
  }

  /** Takes what can be drawn; anything else is replaced by what was chosen before. */
  private choose(change: Partial<Draws>): void {
    const wanted = { ...this.draws, ...change };
    const inRange = (value: number, least: number, most: number) => value >= least && value <= most;
    const { count, seed } = wanted;
    if (!Number.isInteger(count) || !Number.isInteger(seed)) return this.write();
    if (!inRange(count, 1, MOST_DRAWS) || !inRange(seed, 0, MOST_SEED)) return this.write();
    this.navigation.chooseDraws(wanted);
  }

  private write(): void {
    const { points } = this.store.state;
    const prior = points?.model.drawnPrior;
    setHidden(this.node, !prior);
    if (!points || !prior) return;
    const { count } = points.encoding.latents;
    const draws = `${count.toLocaleString('en-US')} ${count === 1 ? 'draw' : 'draws'}`;
    setText(this.words, `No encoder: ${draws} from the prior, ${PRIOR_WORDS[prior]}`);
    [this.count.value, this.seed.value] = [String(this.draws.count), String(this.draws.seed)];
  }
}

function numberField(label: string, min: number, max: number): HTMLInputElement {
  return element('input', { type: 'number', min, max, step: 1, 'aria-label': label, title: `${min} to ${max}` });
}
