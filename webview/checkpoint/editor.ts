import type { CheckpointIntent, HostToCheckpoint } from '../../src/protocol/checkpointView';
import type { Inspection } from '../../src/protocol/views';
import { element, setHidden, setText } from '../shared/dom';
import { CompareBar } from './compareBar';
import { TensorPane } from './detail/tensorPane';
import { FilePane } from './filePane';
import { formatCount } from './format';
import { Header } from './header';
import type { Link } from './link';
import { ShownFile } from './model/file';
import { isOptimizers } from './model/lines';
import { decodeState, encodeState, isRemembered, type ViewState } from './model/state';
import { tellingTensor } from './model/telling';
import { OpeningNote } from './openingNote';
import { RestOfRows } from './restOfRows';
import { StatisticsCache } from './statisticsCache';
import { TensorTable } from './table';
import { Tabs } from './tabs';

type ShownMessage = Extract<HostToCheckpoint, { type: 'file' }>;
type ComparisonMessage = Extract<HostToCheckpoint, { type: 'comparison' }>;

/** How the listing of a long table ended. */
interface End {
  /** Whether the editor opened without remembered state, so that groups are folded by default. */
  readonly fresh: boolean;
  /** The groups of the first rows that were folded automatically. */
  readonly folded: readonly string[];
  readonly problem: string | undefined;
}

/** A file with more tensors opens with all groups folded except the outermost. */
const UNFOLDED = 400;

/** The editor: header, table, and the details of the selected tensor or of the file. */
export class CheckpointEditor {
  private readonly header: Header;
  private readonly problem = element('p', { class: 'file-problem', role: 'alert', hidden: true });
  private readonly opening = new OpeningNote(() => this.link.post({ type: 'cancelOpening' }));
  private readonly again = element('button', { type: 'button', class: 'link' }, 'Try Again');
  private readonly problemText = element('span');
  private readonly filter = element('input', {
    type: 'search',
    class: 'filter',
    placeholder: 'Filter by name, type or shape (/)',
    'aria-label': 'Filter tensors',
  });
  private readonly tally = element('span', { class: 'dim number tally', role: 'status' });
  private readonly stop = element('button', { type: 'button', class: 'link', hidden: true }, 'Cancel');
  private readonly comparison: CompareBar;
  private readonly table: TensorTable;
  private readonly tensorPane: TensorPane;
  private readonly filePane: FilePane;
  private readonly panes: Tabs<'tensor' | 'file'>;
  private readonly main: HTMLElement;
  readonly node: HTMLElement;
  private state: ViewState;
  private fresh: boolean;
  private file: ShownFile | undefined;
  private statistics: StatisticsCache | undefined;
  private rest: RestOfRows | undefined;
  /** Came before all rows that it is about. */
  private early: ComparisonMessage | undefined;

  constructor(private readonly link: Link) {
    this.fresh = !isRemembered(link.state);
    this.state = decodeState(link.state);
    this.header = new Header(
      (act) => this.act(act),
      (message) => link.post(message),
    );
    this.comparison = new CompareBar(
      () => link.post({ type: 'endComparison' }),
      (differing) => this.table.update({ differing }),
    );
    this.table = new TensorTable(this.state.table, {
      select: (index) => this.select(index),
      changed: (table, scroll) => {
        this.remember({ table, scroll });
        this.showTally();
      },
      enter: () => this.tensorPane.focus(),
    });
    this.tensorPane = new TensorPane(link, this.state.tab, (tab) => this.remember({ tab }));
    this.filePane = new FilePane(link);
    this.panes = new Tabs<'tensor' | 'file'>(
      'Details',
      [
        { key: 'tensor', label: 'Tensor', content: this.tensorPane.node },
        { key: 'file', label: 'File', content: this.filePane.node },
      ],
      (pane) => this.choosePane(pane),
    );
    this.panes.choose(this.state.pane);
    this.again.addEventListener('click', () => link.post({ type: 'reload' }));
    this.problem.append(this.problemText, ' ', this.again);
    this.stop.addEventListener('click', () => this.statistics?.stopMeasuring());
    this.filter.value = this.state.table.filter;
    this.filter.addEventListener('input', () => this.table.update({ filter: this.filter.value }));
    this.filter.addEventListener('keydown', (event) => this.onFilterKey(event));
    const left = element(
      'section',
      { class: 'card tensors', 'aria-label': 'Tensors' },
      element('div', { class: 'filter-bar' }, this.filter, this.tally, this.stop),
      this.table.node,
    );
    const right = element('section', { class: 'card details', 'aria-label': 'Details' }, this.panes.node);
    this.main = element('main', { class: 'columns', hidden: true }, left, right);
    this.node = element(
      'div',
      { class: 'checkpoint' },
      this.opening.node,
      this.header.node,
      this.problem,
      this.comparison.node,
      this.main,
    );
    document.addEventListener('keydown', (event) => this.onKey(event));
  }

  take(message: HostToCheckpoint): void {
    if (message.type === 'opening') return this.opening.show(message.activity);
    this.opening.hide();
    switch (message.type) {
      case 'file':
        return this.takeFile(message);
      case 'problem':
        setText(this.problemText, message.message);
        return setHidden(this.problem, false);
      case 'comparison':
        return this.takeComparison(message);
      case 'inspection':
        this.header.setBusy(message.news.kind === 'progress' ? message.what : undefined);
        this.filePane.inspection.take(message);
        if (message.news.kind === 'progress') this.choosePane('file');
    }
  }

  /** Redraws canvases for another theme. */
  redraw(): void {
    this.tensorPane.redraw();
  }

  private takeFile(message: ShownMessage): void {
    setHidden(this.problem, true);
    setHidden(this.main, false);
    const file = message.again && this.file !== undefined ? this.file : new ShownFile(message);
    this.header.update(message, parametersOf(file, message.own !== undefined));
    this.filePane.show(message);
    if (file === this.file) return;
    this.rest?.dispose();
    this.statistics?.dispose();
    if (this.file !== undefined) this.filePane.inspection.clear();
    this.early = undefined;
    const first = this.file === undefined;
    const fresh = this.fresh;
    this.file = file;
    const folded = fresh ? foldedAtFirst(file) : [];
    if (fresh) this.table.update({ collapsed: new Set(folded) });
    this.fresh = false;
    this.statistics = new StatisticsCache(this.link, file, () => {
      this.table.measured();
      this.tensorPane.update();
      this.showTally();
    });
    const selected = this.state.selected ?? tellingTensor(file.tensors);
    this.table.show(file, this.statistics, selected, first ? this.state.scroll : undefined);
    // It may not be in this file, or in a group that is folded.
    if (!this.tensorPane.isOf(file)) this.tensorPane.clear();
    this.showTally();
    if (file.complete) return;
    this.rest = new RestOfRows(this.link, file, {
      onMore: () => this.showTally(),
      onEnd: (problem) => this.takeRest(file, message, { fresh, folded, problem }),
    });
  }

  /** All rows that will come have come. */
  private takeRest(file: ShownFile, message: ShownMessage, { fresh, folded, problem }: End): void {
    const { statistics, early } = this;
    if (problem !== undefined) {
      setText(this.problemText, `Not all tensors could be listed. ${problem}`);
      setHidden(this.problem, false);
    }
    if (fresh) {
      const { collapsed } = this.table.current;
      const unfolded = folded.filter((path) => !collapsed.has(path));
      const wanted = foldedAtFirst(file).filter((path) => !unfolded.includes(path));
      this.table.update({ collapsed: new Set([...collapsed, ...wanted]) });
    }
    this.header.update(message, parametersOf(file, message.own !== undefined));
    if (statistics !== undefined) this.table.show(file, statistics, this.state.selected);
    this.showTally();
    this.early = undefined;
    if (early !== undefined) this.takeComparison(early);
  }

  private showTally(): void {
    const { file } = this;
    const measuring = this.statistics?.measuring;
    setHidden(this.stop, measuring === undefined);
    setText(this.tally, file === undefined ? '' : (listingIn(file) ?? measuringIn(measuring) ?? this.table.tally));
  }

  private takeComparison(message: ComparisonMessage): void {
    const { file, statistics } = this;
    const { news } = message;
    if (file === undefined || statistics === undefined) return;
    if (!file.complete && news.kind === 'result') return void (this.early = message);
    this.early = undefined;
    const { compared } = file;
    file.compare(news.kind === 'result' ? news.comparison : undefined);
    this.comparison.show(news, this.table.current.differing);
    this.table.show(file, statistics, this.state.selected);
    if (news.kind === 'result') this.table.update({ sort: 'change', descending: true });
    else if (compared && this.table.current.sort === 'change') this.table.update({ sort: 'name', descending: false });
  }

  private select(index: number): void {
    const { file, statistics } = this;
    const row = file?.rows[index];
    if (file === undefined || statistics === undefined || row === undefined) return;
    this.remember({ selected: row.name });
    statistics.select(index);
    this.tensorPane.show(index, file, statistics);
    if (this.table.node.contains(document.activeElement)) this.choosePane('tensor');
  }

  private choosePane(pane: 'tensor' | 'file'): void {
    this.panes.choose(pane);
    this.remember({ pane });
  }

  private act(act: Inspection | CheckpointIntent | 'compare'): void {
    if (act === 'compare') this.link.post({ type: 'compare' });
    else if (act === 'sample' || act === 'evaluate' || act === 'quality')
      this.link.post({ type: 'inspect', what: act, samples: 0 });
    else this.link.post({ type: 'intent', intent: act });
  }

  private onKey(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    this.filter.focus();
    this.filter.select();
    event.preventDefault();
  }

  private onFilterKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.filter.value !== '') {
      this.filter.value = '';
      this.table.update({ filter: '' });
    } else if (event.key === 'Enter' || event.key === 'ArrowDown' || event.key === 'Escape') this.table.focus();
    else return;
    event.preventDefault();
  }

  private remember(change: Partial<ViewState>): void {
    this.state = { ...this.state, ...change };
    this.link.state = encodeState(this.state);
  }
}

function listingIn({ complete, tensors, message }: ShownFile): string | undefined {
  if (complete) return undefined;
  return `Listing ${formatCount(tensors.length)} of ${formatCount(message.summary.tensors)}…`;
}

function measuringIn(measuring: StatisticsCache['measuring']): string | undefined {
  return measuring && `Measuring ${formatCount(measuring.done)} of ${formatCount(measuring.of)}…`;
}

/** Number of elements of all tensors; in our own checkpoints without the optimizer's state. */
function parametersOf({ tensors, complete, message }: ShownFile, own: boolean): number {
  if (!complete) return message.summary.parameters;
  return tensors.reduce((sum, { name, elements }) => (own && isOptimizers(name) ? sum : sum + elements), 0);
}

/** The groups folded by default: the optimizer's state, which is rarely needed, and the inner groups of large files. */
function foldedAtFirst({ tree, tensors }: ShownFile): string[] {
  const inner = tensors.length > UNFOLDED ? tree.groups(1) : [];
  return [...inner, ...tree.groups(0).filter((path) => isOptimizers(path))];
}
