import { plural } from '../../src/common/plural';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { element } from '../shared/dom';
import { capitalized, formatBytes, formatCount, formatExact, formatName, formatShape, formatShort } from './format';
import type { Change, ShownFile } from './model/file';
import { namePieces } from './model/namePieces';
import type { TreeLine } from './model/tree';
import type { Measured } from './statisticsCache';
import { histogramPath, svg } from './svg';

export const SPARK_WIDTH = 76;
const SPARK_HEIGHT = 16;
/** The widest mean, except for exponents of three digits. Digits have equal widths. */
export const LONGEST_MEANS = ['−0.00000 ± 0.0000', '−0.0e−00 ± 0.0e−00'];
/** A beginning this short is shown whole or not at all; some characters of longer ones are kept. */
const SHORT_HEAD = 4;
/** Maximum depth of indentation of nested groups. */
export const DEEPEST = 24;

const CHANGE_WORDS = {
  ...{ same: '=', changed: '', added: 'new', removed: 'gone', reshaped: 'other shape', unknown: '?' },
} as const;

export const LONGEST_CHANGE = CHANGE_WORDS.reshaped;

/** The cells of a line, recreated for each draw, since only the visible lines exist. */
export function cellsOf(
  line: TreeLine,
  file: ShownFile,
  { collapsed, measured, shared }: { collapsed: boolean; measured: Measured | undefined; shared: number },
): HTMLElement[] {
  const name = nameCell(line, fullName(line, file), { collapsed, shared });
  if (line.group !== undefined) {
    const { tensors, parameters, bytes } = line.group;
    return [
      name,
      cell('type'),
      cell('shape dim', plural(tensors, 'tensor', undefined, formatCount(tensors))),
      cell('elements number dim', formatCount(parameters)),
      cell('bytes number dim', formatBytes(bytes)),
      ...(file.compared ? [cell('change')] : []),
      cell('mean'),
      cell('spark'),
    ];
  }
  const row = file.rows[line.index!]!;
  const change = file.change(line.index!);
  if (change?.what === 'removed') name.classList.add('removed');
  return [
    name,
    cell('type', row.type),
    cell('shape number', formatShape(row)),
    cell('elements number', formatCount(row.elements)),
    cell('bytes number', formatBytes(row.bytes)),
    ...(file.compared ? [changeCell(change)] : []),
    ...(row.problem === undefined ? measuredCells(measured) : problemCells(row.problem)),
  ];
}

function fullName({ label, group, index }: TreeLine, { rows }: ShownFile): string {
  if (group !== undefined) return group.path.replace(/[./]$/, '');
  return rows[index!]?.name ?? label;
}

function nameCell(
  { label, depth, group }: TreeLine,
  full: string,
  { collapsed, shared }: { collapsed: boolean; shared: number },
): HTMLElement {
  const twistie = group && element('vscode-icon', { name: collapsed ? 'chevron-right' : 'chevron-down', size: 14 });
  const shown = formatName(label);
  // Escaped invisible characters change the counted length.
  const same = shown.slice(0, shared) === label.slice(0, shared);
  const pieces = namePieces(shown, same ? shared : 0);
  const text = element('span', { class: 'label', title: formatName(full) });
  if (pieces.shared !== '') text.append(element('bdi', { class: 'shared dim' }, pieces.shared));
  text.append(element('bdi', { class: pieces.head.length > SHORT_HEAD ? 'head' : 'head short' }, pieces.head));
  // The start of the last piece is cut if it does not fit either.
  text.append(element('span', { class: 'tail' }, element('bdi', {}, pieces.tail)));
  const node = cell('name', twistie ?? element('span', { class: 'twistie' }), text);
  node.setAttribute('role', 'rowheader');
  // Screen readers announce the name as one word.
  node.setAttribute('aria-label', shown);
  node.style.setProperty('--depth', String(Math.min(depth, DEEPEST)));
  return node;
}

function changeCell(change: Change | undefined): HTMLElement {
  const what = change?.what ?? 'same';
  const text = what === 'changed' ? formatShort(change?.relative) : CHANGE_WORDS[what];
  const node = cell(`change number change-${what}`, text);
  if (change?.other) node.title = `The other file has ${change.other.type}, ${formatShape(change.other)}`;
  if (what === 'unknown') node.title = 'Its values cannot be compared';
  if (what === 'changed') node.title = `‖a − b‖ / ‖b‖; the largest difference is ${formatShort(change?.largest)}`;
  return node;
}

function measuredCells(measured: Measured | undefined): HTMLElement[] {
  if (measured === undefined || 'cancelled' in measured) return [cell('mean dim', ''), cell('spark')];
  if ('problem' in measured) return problemCells(measured.problem);
  const { mean, deviation, counts, nan, infinite } = measured.statistics;
  // If all values are equal, as in a step counter, the value itself is shown.
  const middle = deviation === 0 ? formatExact(mean) : formatShort(mean);
  const text = mean === null ? '' : `${middle} ± ${formatShort(deviation, 2)}`;
  const drawing = svg(
    'svg',
    { width: SPARK_WIDTH, height: SPARK_HEIGHT, viewBox: `0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`, 'aria-hidden': 'true' },
    svg('path', { class: 'spark-shape', d: counts.length > 0 ? histogramPath(counts, SPARK_WIDTH, SPARK_HEIGHT) : '' }),
  );
  const bad = nan + infinite;
  const badge = bad > 0 ? element('span', { class: 'badge' }, nan > 0 ? 'NaN' : 'Inf') : undefined;
  if (badge) badge.title = `${formatCount(nan)} NaN, ${formatCount(infinite)} infinite`;
  const node = cell('mean number', badge, text);
  // It may be cut off beside a badge, or if it has six digits.
  node.title = text;
  return [node, cell('spark', drawing)];
}

function problemCells(problem: string): HTMLElement[] {
  const words = capitalized(problem);
  const node = cell('mean dim problem', words);
  node.title = words;
  return [node, cell('spark')];
}

function cell(kind: string, ...children: (Node | string | undefined)[]): HTMLElement {
  return element('span', { class: `cell ${kind}`, role: 'gridcell' }, ...children);
}
