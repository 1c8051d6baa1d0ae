import { plural } from '../../src/common/plural';
import type { TensorRow } from '../../src/protocol/tensors';
import { element, setAttributes, setText } from '../shared/dom';
import { formatBytes, formatCount, formatShape } from './format';
import type { ShownFile } from './model/file';
import { layoutOf, type Fixed } from './model/columns';
import { linesOf, type SortColumn, type TableView } from './model/lines';
import { sharedBeginning } from './model/namePieces';
import type { TreeLine } from './model/tree';
import type { StatisticsCache } from './statisticsCache';
import { cellsOf, DEEPEST, LONGEST_CHANGE, LONGEST_MEANS, SPARK_WIDTH } from './tableRow';
import { TableHead, titleOf } from './tableHead';

export const ROW_HEIGHT = 24;
/** Drawn beyond the edges, so that scrolling shows no gaps. */
const OVERSCAN = 8;
/** Maximum width of shapes and types in characters: a file may claim dozens of dimensions. */
const MOST_SHAPE = 32;
/** Number of longest texts that are measured to find the widest. */
const MOST_MEASURED = 20;
/** Pixels of a level of the tree, and of the arrow before a name; as in the style sheet. */
const [INDENT, TWISTIE] = [14, 16];
/** First delay before rows sorted by pending measurements are reordered; later delays are longer. */
const SETTLE_MILLISECONDS = 1_000;

export interface TableActions {
  select(index: number): void;
  /** Fired when the view state that is remembered has changed. */
  changed(view: TableView, scroll: number): void;
  /** Fired by Enter on a tensor, which moves the focus to its details. */
  enter(): void;
}

/** The virtualized table of all tensors of a file. */
export class TensorTable {
  private readonly head = new TableHead((column) => this.sortBy(column));
  private readonly sizer = element('div', { class: 'sizer' });
  private readonly empty = element('p', { class: 'dim no-lines', hidden: true }, 'No tensor matches the filter.');
  private readonly body = element(
    'div',
    { class: 'table-body', tabindex: 0, role: 'treegrid', 'aria-label': 'Tensors' },
    this.head.node,
    this.sizer,
    this.empty,
  );
  readonly node = element('div', { class: 'table' }, this.body);
  private file: ShownFile | undefined;
  private statistics: StatisticsCache | undefined;
  private lines: TreeLine[] = [];
  /** "3 of 18" if not all are shown. */
  tally = '';
  private active = 0;
  /** In characters: the common prefix of all names of a flat list. */
  private shared = 0;
  private samples: Samples = samplesOf([]);
  private readonly ruler = element('div', { class: 'ruler', 'aria-hidden': 'true' });
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private settle = SETTLE_MILLISECONDS;
  /** Whether the rows are sorted by means that are not all known. */
  private unsettled = false;

  constructor(
    private view: TableView,
    private readonly actions: TableActions,
  ) {
    this.body.addEventListener('scroll', () => this.redraw());
    // Not while scrolling: the state is sent to the window's process each time, including thousands of folded groups.
    this.body.addEventListener('scrollend', () => this.actions.changed(this.view, this.body.scrollTop));
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    this.sizer.addEventListener('click', (event) => this.onClick(event));
    new ResizeObserver(() => {
      this.fit();
      this.redraw();
    }).observe(this.body);
    this.node.append(this.ruler);
  }

  /** @param keep keeps the active line, by the name of its tensor */
  show(file: ShownFile, statistics: StatisticsCache, selected: string | undefined, scroll?: number): void {
    this.file = file;
    this.statistics = statistics;
    this.head.setCompared(file.compared);
    this.samples = samplesOf(file.rows);
    this.arrange();
    this.activateNamed(selected);
    if (scroll !== undefined) this.body.scrollTop = scroll;
    this.redraw();
  }

  get current(): TableView {
    return this.view;
  }

  update(change: Partial<TableView>): void {
    const before = this.activeIndex;
    this.view = { ...this.view, ...change };
    this.arrange();
    if (before !== undefined)
      this.activate(
        Math.max(
          0,
          this.lines.findIndex(({ index }) => index === before),
        ),
      );
    this.actions.changed(this.view, this.body.scrollTop);
    this.redraw();
  }

  focus(): void {
    this.body.focus();
  }

  /** Updates after statistics have arrived. */
  measured(): void {
    this.redraw();
    if (!this.unsettled) return;
    if (this.statistics?.measuring === undefined) this.rearrange();
    else this.timer ??= setTimeout(() => this.rearrange(), this.settle);
  }

  /** Draws with the next frame. */
  redraw(): void {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  /** Sorts by the means known so far. */
  private rearrange(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.update({});
    this.settle = this.unsettled ? 2 * this.settle : SETTLE_MILLISECONDS;
  }

  private get activeIndex(): number | undefined {
    return this.lines[this.active]?.index;
  }

  private arrange(): void {
    if (this.file === undefined) return;
    const { statistics } = this;
    statistics?.measureAll(this.view.sort === 'mean');
    this.unsettled = statistics?.measuring !== undefined;
    this.lines = linesOf(this.file, this.view, (index) => statistics?.mean(index));
    this.tally = this.tallyOf(this.file);
    const flat = this.lines.every(({ group, depth }) => group === undefined && depth === 0);
    this.shared = flat ? sharedBeginning(this.lines.map(({ label }) => label)) : 0;
    this.fit();
    this.active = Math.min(this.active, Math.max(0, this.lines.length - 1));
    this.sizer.style.height = `${this.lines.length * ROW_HEIGHT}px`;
    this.empty.hidden = this.lines.length > 0;
    setText(this.empty, this.file.rows.length > 0 ? 'No tensor matches the filter.' : 'This file holds no tensors.');
    setAttributes(this.body, { 'aria-rowcount': this.lines.length + 1 });
    this.head.setSort(this.view.sort, this.view.descending);
  }

  /** Leaves out columns until shapes and names fit. */
  private fit(): void {
    const width = this.body.clientWidth;
    if (this.file === undefined || width === 0) return;
    const texts = Object.entries(this.samples).map(([column, samples]) => {
      return [column, [...samples, titleOf(column)].map((text) => element('span', { class: 'number' }, text))] as const;
    });
    const sample = element('code', {}, '0'.repeat(MOST_SHAPE));
    this.ruler.replaceChildren(...texts.flatMap(([, nodes]) => nodes), sample);
    const widest = (nodes: readonly HTMLElement[]) =>
      Math.ceil(Math.max(...nodes.map((node) => node.getBoundingClientRect().width)));
    const widths = Object.fromEntries(texts.map(([column, nodes]) => [column, widest(nodes)])) as Widths;
    const character = sample.getBoundingClientRect().width / MOST_SHAPE;
    this.ruler.replaceChildren();
    const name = this.lines.reduce((most, { label, depth }) => {
      return Math.max(most, Math.min(depth, DEEPEST) * INDENT + TWISTIE + label.length * character);
    }, 0);
    const { shape, ...measured } = widths;
    const fixed = { ...measured, spark: SPARK_WIDTH };
    const { template, left } = layoutOf({ width, name: Math.ceil(name), shape, fixed, compared: this.file.compared });
    this.body.style.setProperty('--columns', template);
    setAttributes(this.body, { 'data-left': left.join(' ') });
  }

  private draw(): void {
    this.frame = 0;
    const { file, statistics, lines } = this;
    if (file === undefined || statistics === undefined) return;
    const top = Math.max(0, Math.floor(this.body.scrollTop / ROW_HEIGHT) - OVERSCAN);
    const count = Math.ceil(this.body.clientHeight / ROW_HEIGHT) + 2 * OVERSCAN;
    const shown = lines.slice(top, top + count);
    this.sizer.replaceChildren(...shown.map((line, i) => this.drawRow(line, top + i, file, statistics)));
    setAttributes(this.body, { 'aria-activedescendant': lines.length > 0 ? `line-${this.active}` : undefined });
    statistics.want(shown.flatMap(({ index }) => (index === undefined || !file.has(index) ? [] : [index])));
  }

  private drawRow(line: TreeLine, at: number, file: ShownFile, statistics: StatisticsCache): HTMLElement {
    const collapsed = line.group !== undefined && this.view.collapsed.has(line.group.path);
    const measured = line.index === undefined ? undefined : statistics.get(line.index);
    const node = element(
      'div',
      {
        class: `row${at === this.active ? ' active' : ''}${line.group ? ' group' : ''}`,
        role: 'row',
        id: `line-${at}`,
        'data-line': at,
        'aria-level': line.depth + 1,
        'aria-rowindex': at + 2,
        'aria-selected': at === this.active ? 'true' : 'false',
        'aria-expanded': line.group ? (collapsed ? 'false' : 'true') : undefined,
      },
      ...cellsOf(line, file, { collapsed, measured, shared: this.shared }),
    );
    node.style.transform = `translateY(${at * ROW_HEIGHT}px)`;
    return node;
  }

  private onClick({ target }: MouseEvent): void {
    const row = target instanceof Element ? target.closest<HTMLElement>('.row') : null;
    if (row === null) return;
    this.activate(Number(row.dataset['line']));
    const { group } = this.lines[this.active] ?? {};
    if (group !== undefined) this.fold(group.path, !this.view.collapsed.has(group.path));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.body.clientHeight / ROW_HEIGHT) - 2);
    const steps: Record<string, number> = {
      ...{ ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page },
      ...{ Home: -Infinity, End: Infinity },
    };
    const { group, index } = this.lines[this.active] ?? {};
    const open = group !== undefined && !this.view.collapsed.has(group.path);
    if (event.key in steps) this.move(steps[event.key]!);
    else if (event.key === 'ArrowRight' && open) this.move(1);
    else if (event.key === 'ArrowRight' && group) this.fold(group.path, false);
    else if (event.key === 'ArrowLeft' && open) this.fold(group.path, true);
    else if (event.key === 'ArrowLeft') this.moveToParent();
    else if ((event.key === 'Enter' || event.key === ' ') && group) this.fold(group.path, open);
    else if (event.key === 'Enter' && index !== undefined) this.actions.enter();
    else return;
    event.preventDefault();
  }

  private move(by: number): void {
    this.activate(Math.max(0, Math.min(this.lines.length - 1, this.active + by)));
    this.reveal();
  }

  private moveToParent(): void {
    const depth = this.lines[this.active]?.depth ?? 0;
    const parent = this.lines.findLastIndex((line, at) => at < this.active && line.depth < depth);
    if (parent >= 0) this.move(parent - this.active);
  }

  private fold(path: string, collapse: boolean): void {
    const collapsed = new Set(this.view.collapsed);
    if (collapse) collapsed.add(path);
    else collapsed.delete(path);
    this.update({ collapsed });
  }

  private sortBy(column: SortColumn): void {
    const { sort, descending } = this.view;
    // Numbers start in descending order.
    const first = column === 'elements' || column === 'bytes' || column === 'change' || column === 'mean';
    this.update({ sort: column, descending: sort === column ? !descending : first });
  }

  private activateNamed(name: string | undefined): void {
    if (name === undefined) return;
    const index = this.file?.rows.findIndex((row) => row.name === name) ?? -1;
    const line = index < 0 ? -1 : this.lines.findIndex((each) => each.index === index);
    if (line >= 0) this.activate(line);
  }

  private activate(line: number): void {
    this.active = line;
    const index = this.activeIndex;
    if (index !== undefined) this.actions.select(index);
    this.redraw();
  }

  private reveal(): void {
    const [top, bottom] = [this.active * ROW_HEIGHT, (this.active + 1) * ROW_HEIGHT];
    const { scrollTop, clientHeight } = this.body;
    const room = clientHeight - this.head.node.offsetHeight;
    if (top < scrollTop) this.body.scrollTop = top;
    else if (bottom > scrollTop + room) this.body.scrollTop = bottom - room;
  }

  /** Number of measured rows, or of rows without a mean, while the table is sorted by means. */
  private tallyOfMeans(statistics: StatisticsCache): string {
    const indices = this.lines.flatMap(({ index }) => (index === undefined ? [] : [index]));
    const left = indices.filter((index) => statistics.isLeft(index)).length;
    if (left > 0) return `${formatCount(indices.length - left)} of ${formatCount(indices.length)} measured`;
    const none = indices.filter((index) => statistics.mean(index) === undefined).length;
    return none > 0 ? `${formatCount(none)} without a mean` : '';
  }

  private tallyOf({ rows }: ShownFile): string {
    const { statistics } = this;
    const means = this.view.sort === 'mean' && statistics !== undefined ? this.tallyOfMeans(statistics) : '';
    if (means !== '') return means;
    const shown = this.lines.filter(({ index }) => index !== undefined).length;
    const flat = this.lines.every(({ group }) => group === undefined);
    return flat && shown < rows.length ? `${formatCount(shown)} of ${formatCount(rows.length)}` : '';
  }
}

type Measured = 'shape' | Exclude<Fixed, 'spark'>;
type Samples = Readonly<Record<Measured, readonly string[]>>;
type Widths = Readonly<Record<Measured, number>>;

/** Candidates for the widest text of each column. Groups show their number of tensors in place of a shape. */
function samplesOf(rows: readonly TensorRow[]): Samples {
  const all = rows.reduce((sum, { elements }) => sum + elements, 0);
  return {
    type: longest(rows.map(({ type }) => type)),
    shape: longest([...rows.map(formatShape), plural(rows.length, 'tensor', undefined, formatCount(rows.length))]),
    elements: [formatCount(all)],
    bytes: [formatBytes(999e6)],
    change: [LONGEST_CHANGE],
    mean: LONGEST_MEANS,
  };
}

/** The longest texts first; a file has few different ones. */
function longest(texts: readonly string[]): string[] {
  return [...new Set(texts)]
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_MEASURED)
    .map((text) => text.slice(0, MOST_SHAPE));
}
