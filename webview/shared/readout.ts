import { commonBeginning } from '../../src/common/names';
import { element, setHidden } from './dom';
import { lineSample } from './lineSample';
import type { Reading } from './overlay';

/** Where a readout is anchored, in CSS pixels of the page. */
export interface ReadoutPlace {
  readonly plot: DOMRect;
  /** The crosshair. */
  readonly x: number;
  /** The pointer; undefined if the keyboard moved the crosshair. */
  readonly y: number | undefined;
}

const MARGIN = 8;
const ROW_HEIGHT = 16;
const MOST_ROWS = 20;

/**
 * The values of several runs at the crosshair. There is one readout per page, above everything, so that it is not
 * clipped by a chart or the panel, and so that moving from one chart to the next leaves none behind.
 */
export class Readout {
  private static only: Readout | undefined;
  private readonly node = element('div', { class: 'readout', hidden: true, 'aria-hidden': 'true' });
  private owner: unknown;

  static shared(): Readout {
    return (Readout.only ??= new Readout());
  }

  private constructor() {
    document.body.append(this.node);
  }

  /** @param owner the chart that the values belong to; only its {@link hide} removes them */
  show(owner: unknown, readings: readonly Reading[], near: string | undefined, place: ReadoutPlace): void {
    if (readings.length === 0) return this.hide(owner);
    this.owner = owner;
    const room = Math.floor((window.innerHeight - 2 * MARGIN - 10) / ROW_HEIGHT);
    this.node.replaceChildren(...content(readings, near, Math.min(MOST_ROWS, room)));
    setHidden(this.node, false);
    this.put(place);
  }

  hide(owner: unknown): void {
    if (this.owner !== owner) return;
    this.owner = undefined;
    setHidden(this.node, true);
  }

  /** Beside the crosshair if there is room, else below or above the plot; never outside the page. */
  private put({ plot, x, y }: ReadoutPlace): void {
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const [right, bottom] = [window.innerWidth - MARGIN, window.innerHeight - MARGIN];
    const beside = [x + 12, x - 12 - width].find((left) => left >= MARGIN && left + width <= right);
    const top =
      beside !== undefined
        ? (y ?? plot.top + 40) - height / 2
        : plot.bottom + 4 + height <= bottom || plot.top - 4 - height < MARGIN
          ? plot.bottom + 4
          : plot.top - 4 - height;
    const left = beside ?? x - width / 2;
    const inside = (at: number, size: number, end: number) => Math.max(MARGIN, Math.min(at, end - size));
    this.node.style.transform = `translate(${inside(left, width, right)}px, ${inside(top, height, bottom)}px)`;
  }
}

/** A run's values at the crosshair, in the order of the kinds of curve. */
interface Row {
  readonly run: string;
  readonly readings: readonly Reading[];
}

/** The runs by their first value, the highest first as on the plot. */
export function rowsOf(readings: readonly Reading[]): Row[] {
  const rows = new Map<string, Reading[]>();
  for (const reading of readings) rows.set(reading.key, [...(rows.get(reading.key) ?? []), reading]);
  const rank = ([first]: readonly Reading[]) => (first && !Number.isNaN(first.number) ? first.number : -Infinity);
  return [...rows.values()]
    .map((own) => ({ run: own[0]!.run, readings: own }))
    .sort((a, b) => {
      const [first, second] = [rank(a.readings), rank(b.readings)];
      return first === second ? 0 : second - first;
    });
}

/** As many rows as fit around the one near the pointer. */
export function windowAround<T>(rows: readonly T[], near: number, most: number): readonly T[] {
  if (rows.length <= most) return rows;
  const from = Math.max(0, Math.min(rows.length - most, near - Math.floor(most / 2)));
  return rows.slice(from, from + most);
}

/** One row per run, one column per kind of curve. */
function content(readings: readonly Reading[], near: string | undefined, most: number): HTMLElement[] {
  const kinds = [...new Set([...readings].sort((a, b) => a.kind - b.kind).map(({ label }) => label))];
  const rows = rowsOf(readings);
  const heads =
    kinds.length > 1 ? [element('tr', {}, ...['', '', ...kinds].map((kind) => element('th', {}, kind)))] : [];
  const fit = Math.max(1, most - heads.length - (rows.length + heads.length > most ? 1 : 0));
  const shown = windowAround(
    rows,
    rows.findIndex(({ readings: [first] }) => first!.key === near),
    fit,
  );
  const shared = commonBeginning(rows.map(({ run }) => run));
  const lines = shown.map(({ run, readings: own }) => {
    const [first] = own;
    const values = kinds.map((kind) => own.find(({ label }) => label === kind)?.value ?? '');
    return element(
      'tr',
      { class: first!.key === near ? 'near' : '' },
      element('td', {}, lineSample(first!.color, first!.dash)),
      // The common prefix of all names is truncated first.
      element(
        'td',
        { class: 'label' },
        element(
          'span',
          { class: 'name' },
          element('span', { class: 'shared' }, run.slice(0, shared)),
          element('span', { class: 'own' }, run.slice(shared)),
        ),
      ),
      ...values.map((value) => element('td', { class: 'number' }, value)),
    );
  });
  const left = rows.length - shown.length;
  const table = element('table', {}, ...heads, ...lines);
  return left === 0 ? [table] : [table, element('div', { class: 'dim' }, `+${left} more`)];
}
