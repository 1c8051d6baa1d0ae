import { element, setText } from './dom';
import { lineSample, pointSample } from './lineSample';

/** One kind of curve of a chart (train, test, …). */
export interface LegendEntry {
  readonly key: string;
  readonly label: string;
  readonly color: string;
  readonly dash: readonly number[];
  /** Given where points are drawn and not a line: the colors of some of them. */
  readonly points?: { readonly colors: readonly string[]; readonly hollow: boolean };
  readonly hidden: boolean;
  /** The value at the cursor, or the latest; absent if several runs would each have one. */
  readonly value?: string;
  /** The smoothed value at the same position. */
  readonly smooth?: string;
}

/** A chart's legend: shows the meaning of the lines and their values, and hides a line on click. */
export class Legend {
  readonly node = element('ul', { class: 'legend' });
  private readonly items = new Map<
    string,
    { button: HTMLButtonElement; value: HTMLElement; smooth: HTMLElement; look: string }
  >();

  constructor(private readonly toggle: (key: string) => void) {}

  /** Keeps the buttons of remaining entries, so that the focus does not jump while values change. */
  update(entries: readonly LegendEntry[]): void {
    const gone = new Set(this.items.keys());
    for (const entry of entries) {
      gone.delete(entry.key);
      const item = this.items.get(entry.key) ?? this.add(entry);
      const { color, dash, points } = entry;
      const look = JSON.stringify([color, dash, points, entry.label]);
      if (item.look !== look) {
        item.button.replaceChildren(
          points ? pointSample(points.colors, points.hollow) : lineSample(color, dash),
          element('span', { class: 'label', title: entry.label }, entry.label),
          item.value,
          item.smooth,
        );
        item.look = look;
      }
      item.button.setAttribute('aria-pressed', String(!entry.hidden));
      item.button.title = entry.hidden ? `Show ${entry.label}` : `Hide ${entry.label}`;
      setText(item.value, entry.value ?? '');
      setText(item.smooth, entry.smooth === undefined ? '' : `≈ ${entry.smooth}`);
      item.smooth.title = 'Smoothed';
    }
    for (const key of gone) {
      this.items.get(key)!.button.parentElement!.remove();
      this.items.delete(key);
    }
  }

  private add(entry: LegendEntry) {
    const button = element('button', { type: 'button', class: 'legend-item' });
    button.addEventListener('click', () => this.toggle(entry.key));
    const item = {
      button,
      value: element('span', { class: 'number' }),
      smooth: element('span', { class: 'number smooth' }),
      look: '',
    };
    this.items.set(entry.key, item);
    this.node.append(element('li', {}, button));
    return item;
  }
}
