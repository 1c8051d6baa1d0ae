import { DataError } from '../error';
import { checkCount, coordinate, type Read } from './points';

const FORMAT =
  'A file of points has two numbers a line, separated by a comma, a semicolon, a tab or spaces, and optionally a label from 0 to 255.';
/** A line of numbers is shorter: others are not searched for them. */
const LONGEST_LINE = 1000;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The points in the text of a CSV file: x, y and optionally a label on each line. A first line of other words is a header; empty lines
 * and those that begin with “#” are passed over. Throws {@link DataError} with the number of the first line that is neither.
 */
export function pointsInCsv(text: string, file: string): Read {
  const values: number[] = [];
  const labels: number[] = [];
  let [start, line, columns] = [text.startsWith('\ufeff') ? 1 : 0, 0, 0];
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const cells = cellsOf(text, start, end);
    start = end + 1;
    line++;
    if (cells === undefined || (columns === 0 && line === 1 && isHeader(cells))) continue;
    columns ||= cells.length;
    const where = `Line ${line} of ${file}`;
    if (!cells.every((cell) => NUMBER.test(cell)) || cells.length < 2 || cells.length > 3) {
      throw new DataError(`${where} is no point: it reads ${shown(cells)}.`, FORMAT);
    }
    if (cells.length !== columns) {
      throw new DataError(`${where} has ${cells.length} numbers; the lines before it have ${columns}.`, FORMAT);
    }
    const [x, y, label] = cells.map(Number) as [number, number, number?];
    values.push(coordinate(x, where), coordinate(y, where));
    if (label !== undefined) labels.push(checkedLabel(label, where));
    checkCount(values.length / 2, file);
  }
  if (values.length === 0) throw new DataError(`There are no points in ${file}.`, FORMAT);
  return { values: Float32Array.from(values), labels: columns === 3 ? Uint8Array.from(labels) : undefined };
}

/** The cells of a line; undefined for one that is empty or a comment. */
function cellsOf(text: string, start: number, end: number): string[] | undefined {
  const line = text.slice(start, Math.min(end, start + LONGEST_LINE)).trim();
  if (line === '' || line.startsWith('#')) return undefined;
  return line.split(/[,;]|\t| +/).flatMap((cell) => {
    const bare = cell.trim().replace(/^"(.*)"$/, '$1');
    return bare === '' ? [] : [bare];
  });
}

/** "x,y", but not a point with a mistake in it. */
function isHeader(cells: readonly string[]): boolean {
  return cells.every((cell) => /^[\p{L}_]/u.test(cell) && !/^(nan|inf)/i.test(cell));
}

function checkedLabel(label: number, where: string): number {
  if (Number.isInteger(label) && label >= 0 && label <= 255) return label;
  throw new DataError(`${where} has ${label} in its third column, which holds labels.`, FORMAT);
}

function shown(cells: readonly string[]): string {
  const text = cells.join(', ');
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60)}…`);
}
