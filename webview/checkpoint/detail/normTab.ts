import { errorMessage } from '../../../src/common/systemError';
import type { NormColumns } from '../../../src/protocol/tensors';
import { element, setText } from '../../shared/dom';
import { formatCount, formatShort } from '../format';
import type { Asked, Link } from '../link';
import { svg } from '../svg';

const [WIDTH, HEIGHT, MARGIN] = [640, 220, 10];

/** The norm of one tensor in all checkpoints of its run. */
export class NormTab {
  private readonly chart = element('div', { class: 'norms' });
  private readonly note = element('p', { class: 'dim' });
  readonly node = element('div', { class: 'norm-tab' }, this.note, this.chart);
  private asked: Asked<NormColumns> | undefined;
  private shown: number | undefined;

  constructor(private readonly link: Pick<Link, 'ask'>) {}

  /** @param step of the open file */
  show(tensor: number, step: number): void {
    if (this.shown === tensor) return;
    this.clear();
    this.shown = tensor;
    setText(this.note, 'Reading the checkpoints of the run…');
    const asked = this.link.ask('norms', { tensor }, (done) => {
      if (this.asked === asked) setText(this.note, `Reading the checkpoints of the run… ${Math.floor(done * 100)} %`);
    });
    this.asked = asked;
    asked.answer.then(
      (columns) => this.asked === asked && this.draw(columns, step),
      (error: unknown) => {
        if (this.asked !== asked) return;
        this.asked = undefined;
        setText(this.note, errorMessage(error));
      },
    );
  }

  clear(): void {
    this.asked?.cancel();
    this.asked = undefined;
    this.shown = undefined;
    this.chart.replaceChildren();
  }

  /** Cancels pending reads while another tab is shown. */
  leave(): void {
    if (this.asked !== undefined) this.clear();
  }

  private draw({ steps, norms }: NormColumns, here: number): void {
    this.asked = undefined;
    const few = steps.length < 2;
    setText(
      this.note,
      few ? 'A curve needs at least two checkpoints of the run.' : '‖w‖ by step; the open one is marked.',
    );
    if (few) return;
    const [first, last] = [steps[0]!, steps.at(-1)!];
    const [low, high] = [Math.min(...norms), Math.max(...norms)];
    // A norm that hardly moves is a flat line, not noise over the whole height.
    const span = Math.max(high - low, Math.abs(high) * 1e-3) || 1;
    const middle = (low + high) / 2;
    const x = (step: number) => MARGIN + ((step - first) / (last - first || 1)) * (WIDTH - 2 * MARGIN);
    const y = (norm: number) => HEIGHT / 2 - ((norm - middle) / span) * (HEIGHT - 4 * MARGIN);
    const points = Array.from(steps, (step, i) => `${x(step).toFixed(1)},${y(norms[i]!).toFixed(1)}`);
    const dots = Array.from(steps, (step, i) => {
      const title = svg('title', {}, `Step ${formatCount(step)}: ${formatShort(norms[i])}`);
      const own = step === here;
      return svg('circle', { cx: x(step), cy: y(norms[i]!), r: own ? 5 : 3, class: own ? 'dot here' : 'dot' }, title);
    });
    const label = `Norm from step ${first} to ${last}: ${formatShort(norms[0])} to ${formatShort(norms.at(-1))}`;
    const picture = svg(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label },
      svg('polyline', { points: points.join(' '), class: 'curve' }),
      ...dots,
    );
    const ends = element(
      'div',
      { class: 'axis number dim' },
      element('span', {}, `step ${formatCount(first)}`),
      element('span', {}, `${formatShort(low)} to ${formatShort(high)}`),
      element('span', {}, `step ${formatCount(last)}`),
    );
    this.chart.replaceChildren(picture, ends);
  }
}
