import type { HostToCheckpoint } from '../../src/protocol/checkpointView';
import { element, setHidden, setText } from '../shared/dom';
import { CompareBar } from './compareBar';
import { TensorPane } from './detail/tensorPane';
import { FilePane } from './filePane';
import { Header } from './header';
import type { FileMessage, Link } from './link';
import { ShownFile } from './model/file';
import { decodeState, encodeState, isRemembered, type ViewState } from './model/state';
import { StatisticsCache } from './statisticsCache';
import { TensorTable } from './table';
import { Tabs } from './tabs';
import { tileLayouts } from '../../src/common/tileLayout';

/** A file with more tensors opens with its groups folded, but for the outermost. */
const UNFOLDED = 400;
const OPTIMIZER = /^optim/i;

/** The whole editor: header, table, and beside it the tensor that is selected or the file itself. */
export class CheckpointEditor {
  private readonly header: Header;
  private readonly problem = element('p', { class: 'file-problem', role: 'alert', hidden: true });
  /** Only seen where a header takes a while. */
  private readonly opening = element('p', { class: 'opening dim', role: 'status' }, 'Reading the header…');
  private readonly again = element('button', { type: 'button', class: 'link' }, 'Try Again');
  private readonly problemText = element('span');
  private readonly filter = element('input', {
    type: 'search',
    class: 'filter',
    placeholder: 'Filter by name, type or shape (/)',
    'aria-label': 'Filter tensors',
  });
  private readonly tally = element('span', { class: 'dim number tally', role: 'status' });
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
        setText(this.tally, this.table.tally);
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
    this.filter.value = this.state.table.filter;
    this.filter.addEventListener('input', () => this.table.update({ filter: this.filter.value }));
    this.filter.addEventListener('keydown', (event) => this.onFilterKey(event));
    const left = element(
      'section',
      { class: 'card tensors', 'aria-label': 'Tensors' },
      element('div', { class: 'filter-bar' }, this.filter, this.tally),
      this.table.node,
    );
    const right = element('section', { class: 'card details', 'aria-label': 'Details' }, this.panes.node);
    this.main = element('main', { class: 'columns', hidden: true }, left, right);
    this.node = element(
      'div',
      { class: 'checkpoint' },
      this.opening,
      this.header.node,
      this.problem,
      this.comparison.node,
      this.main,
    );
    document.addEventListener('keydown', (event) => this.onKey(event));
  }

  take(message: FileMessage): void {
    this.opening.remove();
    switch (message.type) {
      case 'file':
        return this.takeFile(message);
      case 'problem':
        setText(this.problemText, message.message);
        return setHidden(this.problem, false);
      case 'comparison':
        return this.takeComparison(message);
      case 'inspection':
        this.header.setBusy(message.news.kind === 'progress');
        this.filePane.inspection.take(message);
        if (message.news.kind === 'progress') this.choosePane('file');
    }
  }

  /** The theme has changed: canvases are drawn anew. */
  redraw(): void {
    this.tensorPane.redraw();
  }

  private takeFile(message: Extract<HostToCheckpoint, { type: 'file' }>): void {
    setHidden(this.problem, true);
    setHidden(this.main, false);
    const file = message.again && this.file !== undefined ? this.file : new ShownFile(message);
    this.header.update(message, parametersOf(file, message.own !== undefined));
    this.filePane.show(message);
    if (file === this.file) return;
    this.link.forgetQuestions();
    this.statistics?.dispose();
    const first = this.file === undefined;
    this.file = file;
    if (this.fresh) this.table.update({ collapsed: new Set(foldedAtFirst(file)) });
    this.fresh = false;
    this.statistics = new StatisticsCache(this.link, file, () => {
      this.table.redraw();
      this.tensorPane.update();
    });
    const selected = this.state.selected ?? telling(file);
    const known = file.tensors.some(({ name }) => name === selected);
    if (!known) this.tensorPane.clear();
    this.table.show(file, this.statistics, selected, first ? this.state.scroll : undefined);
    setText(this.tally, this.table.tally);
  }

  private takeComparison({ news }: Extract<HostToCheckpoint, { type: 'comparison' }>): void {
    const { file, statistics } = this;
    if (file === undefined || statistics === undefined) return;
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

  private act(act: 'sample' | 'evaluate' | 'resume' | 'explore' | 'openRun' | 'compare'): void {
    if (act === 'compare') this.link.post({ type: 'compare' });
    else if (act === 'sample' || act === 'evaluate') this.link.post({ type: 'inspect', what: act, samples: 0 });
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

/** Elements of all tensors; of a checkpoint of ours those of the model, without what its optimiser keeps. */
function parametersOf({ tensors }: ShownFile, own: boolean): number {
  return tensors.reduce((sum, { name, elements }) => (own && OPTIMIZER.test(name) ? sum : sum + elements), 0);
}

/** What an optimiser keeps of the weights is seldom looked at, and large files are looked over first. */
function foldedAtFirst({ tree, tensors }: ShownFile): string[] {
  const inner = tensors.length > UNFOLDED ? tree.groups(1) : [];
  return [...inner, ...tree.groups(0).filter((path) => OPTIMIZER.test(path))];
}

/** Where nothing was selected yet: the tensor with the largest pictures, of equals one whose columns they are. */
function telling({ tensors }: ShownFile): string | undefined {
  const rated = tensors.flatMap(({ name, shape, problem }) => {
    const [layout] = tileLayouts(shape);
    if (problem !== undefined || layout === undefined || layout.count < 2 || OPTIMIZER.test(name)) return [];
    return [{ name, rating: layout.width * layout.height + (layout.label.startsWith('Columns') ? 0.5 : 0) }];
  });
  return rated.reduce<(typeof rated)[number] | undefined>(
    (best, each) => (best === undefined || each.rating > best.rating ? each : best),
    undefined,
  )?.name;
}
