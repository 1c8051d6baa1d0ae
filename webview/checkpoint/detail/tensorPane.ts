import { plural } from '../../../src/common/plural';
import { tileLayouts } from '../../../src/common/tileLayout';
import type { TensorRow } from '../../../src/protocol/tensors';
import { element, setHidden, setText } from '../../shared/dom';
import { capitalized, formatBytes, formatCount, formatName, formatShape } from '../format';
import type { Link } from '../link';
import type { ShownFile } from '../model/file';
import type { Tab } from '../model/state';
import type { StatisticsCache } from '../statisticsCache';
import { Tabs } from '../tabs';
import { HistogramTab } from './histogramTab';
import { ImagesTab } from './imagesTab';
import { NormTab } from './normTab';
import { ValuesTab } from './valuesTab';

/** Larger tensors are drawn as images on request only, since that reads them twice. */
const LARGEST_DRAWN_UNASKED = 256 * 1024 * 1024;

/** The details of the selected tensor; only the open tab reads. */
export class TensorPane {
  private readonly name = element('h2', { class: 'tensor-name' });
  private readonly facts = element('p', { class: 'dim number' });
  /** The reason why there are no values, other than an error. */
  private readonly problem = element('p', { class: 'dim note', role: 'status', hidden: true });
  private readonly values: ValuesTab;
  private readonly histogram = new HistogramTab(() => this.toggleStatistics());
  private readonly images: ImagesTab;
  private readonly norm: NormTab;
  private readonly tabs: Tabs<Tab>;
  readonly node: HTMLElement;
  private shown: { readonly index: number; readonly row: TensorRow; readonly file: ShownFile } | undefined;
  private statistics: StatisticsCache | undefined;
  private tab: Tab | undefined;

  /** @param tab chosen last; undefined for the one that suits the tensor */
  constructor(
    link: Link,
    tab: Tab | undefined,
    private readonly chose: (tab: Tab) => void,
  ) {
    this.tab = tab;
    this.values = new ValuesTab(link);
    this.images = new ImagesTab(link);
    this.norm = new NormTab(link);
    this.tabs = new Tabs<Tab>(
      'Tensor',
      [
        { key: 'images', label: 'As Images', content: this.images.node },
        { key: 'histogram', label: 'Histogram', content: this.histogram.node },
        { key: 'values', label: 'Values', content: this.values.node },
        { key: 'norm', label: 'Norm over Steps', content: this.norm.node },
      ],
      (chosen) => {
        this.tab = chosen;
        this.chose(chosen);
        this.update();
      },
    );
    this.node = element('section', { class: 'tensor-pane' }, this.name, this.facts, this.problem, this.tabs.node);
    this.clear();
  }

  show(index: number, file: ShownFile, statistics: StatisticsCache): void {
    const row = file.rows[index];
    if (row === undefined) return this.clear();
    this.statistics = statistics;
    if (this.shown?.file !== file || this.shown.index !== index) this.forget();
    this.shown = { index, row, file };
    setText(this.name, formatName(row.name));
    setText(
      this.facts,
      `${row.type} · ${formatShape(row)} · ${plural(row.elements, 'parameter', 'parameters', formatCount(row.elements))} · ${formatBytes(row.bytes)}`,
    );
    const problem = file.has(index) ? row.problem : 'Only the other file has this tensor.';
    setText(this.problem, problem === undefined ? '' : `${capitalized(problem).replace(/\.$/, '')}.`);
    setHidden(this.problem, problem === undefined);
    setHidden(this.tabs.node, problem !== undefined);
    this.update();
  }

  isOf(file: ShownFile): boolean {
    return this.shown?.file === file;
  }

  clear(): void {
    this.shown = undefined;
    this.forget();
    setText(this.name, 'Choose a tensor');
    setText(this.facts, 'Its values, histogram and pictures are shown here.');
    setHidden(this.problem, true);
    setHidden(this.tabs.node, true);
  }

  /** Updates for new statistics or another tab. */
  update(): void {
    const { shown } = this;
    if (shown === undefined || this.tabs.node.hidden) return;
    const { index, row, file } = shown;
    const drawable = tileLayouts(row.shape).length > 0 && !row.type.startsWith('C');
    const own = file.message.own;
    this.tabs.offer('images', drawable);
    this.tabs.offer('norm', (own?.siblings ?? 1) > 1);
    const tab = this.suiting(row, drawable, (own?.siblings ?? 1) > 1);
    this.tabs.choose(tab);
    if (tab === 'values') this.values.show(index, row);
    if (tab === 'images') this.images.show(index, row);
    else this.images.leave();
    if (tab === 'norm') this.norm.show(index, own?.step ?? 0);
    else this.norm.leave();
    if (tab === 'histogram') this.histogram.show(this.statistics?.get(index), this.statistics?.share(index));
  }

  private toggleStatistics(): void {
    const { shown, statistics } = this;
    if (shown === undefined || statistics === undefined) return;
    if (statistics.get(shown.index) === undefined) statistics.cancel(shown.index);
    else statistics.again(shown.index);
  }

  /** The theme has changed. */
  redraw(): void {
    this.images.draw();
  }

  focus(): void {
    this.tabs.focus();
  }

  /** The chosen tab if the tensor has it; by default images if there are several. */
  private suiting(row: TensorRow, drawable: boolean, several: boolean): Tab {
    const { tab } = this;
    if (tab === 'images' && drawable) return 'images';
    if (tab === 'norm' && several) return 'norm';
    if (tab === 'values' || tab === 'histogram') return tab;
    const pictures = drawable && tileLayouts(row.shape).some(({ count, width }) => count > 1 && width > 1);
    return tab === undefined && pictures && row.bytes <= LARGEST_DRAWN_UNASKED ? 'images' : 'histogram';
  }

  private forget(): void {
    this.values.clear();
    this.images.clear();
    this.norm.clear();
  }
}
