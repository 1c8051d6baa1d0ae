import { Emitter } from '../../src/common/emitter';
import type { AxisKind } from './axis';
import type { EditorApi } from './channel';

/** How a view's charts are shown: set by its controls and remembered by VS Code with the view. */
export interface ChartSettings {
  readonly axis: AxisKind;
  readonly logarithmic: boolean;
  /**
   * Whether the vertical range contains every value; otherwise, it shows most of a curve in detail ({@link
   * robustBounds}).
   */
  readonly fitAll: boolean;
  /** From 0 (off) to .99. */
  readonly smoothing: number;
  /** Kinds of curve hidden in the legend; see {@link curveKey}. */
  readonly hidden: readonly string[];
  /** Whether the section with the curves outside the family's charts is open. */
  readonly more: boolean;
  /** Whether the run's specification is unfolded. */
  readonly specification: boolean;
  /** Whether bars are sorted by size instead of by dimension. */
  readonly sortBars: boolean;
  /** Whether histograms are shown over all steps instead of at one. */
  readonly overTime: boolean;
  /** Whether the section with the histograms outside the family's panels is open. */
  readonly histograms: boolean;
  /** The step of the shown images; undefined while they follow the newest. */
  readonly pinned: number | undefined;
}

export const DEFAULT_SETTINGS: ChartSettings = {
  axis: 'step',
  logarithmic: false,
  fitAll: false,
  smoothing: 0.6,
  hidden: [],
  more: false,
  specification: false,
  sortBars: false,
  overTime: false,
  histograms: false,
  pinned: undefined,
};
export const MAXIMUM_SMOOTHING = 0.99;
/** More are forgotten, oldest first: the remembered state must not grow with the number of runs. */
const MAXIMUM_HIDDEN = 500;

/** The settings of a view: their single owner, which notifies subscribers and keeps them over reloads. */
export class SettingsStore {
  private readonly changed = new Emitter<ChartSettings>();
  readonly onChange = this.changed.event;
  private current: ChartSettings;

  constructor(private readonly editor: EditorApi) {
    this.current = decodeSettings(editor.getState());
  }

  get value(): ChartSettings {
    return this.current;
  }

  update(change: Partial<ChartSettings>): void {
    this.current = { ...this.current, ...change };
    const state = this.editor.getState();
    // VS Code passes this state to the panel's serializer as well, which stores the run's key in it.
    this.editor.setState({ ...(isRecord(state) ? state : {}), charts: this.current });
    this.changed.fire(this.current);
  }

  toggleHidden(key: string): void {
    const { hidden } = this.current;
    const next = hidden.includes(key) ? hidden.filter((other) => other !== key) : [...hidden, key];
    this.update({ hidden: next.slice(-MAXIMUM_HIDDEN) });
  }
}

/** Decodes the remembered settings; invalid values are replaced by defaults. */
export function decodeSettings(state: unknown): ChartSettings {
  const saved = isRecord(state) && isRecord(state['charts']) ? state['charts'] : {};
  const { axis, logarithmic, fitAll, smoothing, hidden, more, specification, sortBars, overTime, histograms, pinned } =
    saved;
  return {
    axis: axis === 'step' || axis === 'epoch' || axis === 'time' ? axis : DEFAULT_SETTINGS.axis,
    logarithmic: typeof logarithmic === 'boolean' ? logarithmic : DEFAULT_SETTINGS.logarithmic,
    fitAll: fitAll === true,
    smoothing:
      typeof smoothing === 'number' && smoothing >= 0 && smoothing <= MAXIMUM_SMOOTHING
        ? smoothing
        : DEFAULT_SETTINGS.smoothing,
    hidden: Array.isArray(hidden)
      ? hidden.filter((key): key is string => typeof key === 'string').slice(-MAXIMUM_HIDDEN)
      : [],
    more: more === true,
    specification: specification === true,
    sortBars: sortBars === true,
    overTime: overTime === true,
    histograms: histograms === true,
    pinned: typeof pinned === 'number' && pinned >= 0 ? pinned : undefined,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
