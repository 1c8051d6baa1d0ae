import type { PanelKind, PanelOf } from '../../../src/protocol/panels';
import type { HistogramSample, LoggedTensor } from '../../../src/protocol/logs';
import type { RunView } from '../../shared/runStore';
import type { SettingsStore } from '../../shared/settings';
import type { Theme } from '../../shared/theme';
import type { LargeImage } from '../lightbox';
import type { Animation } from './animation';
import type { StepCache } from './stepCache';

/** What a panel is drawn from: a run, at the step where the playhead stands. */
export interface PanelFrame {
  readonly run: RunView;
  /** Undefined while it follows the newest. */
  readonly step: number | undefined;
  readonly theme: Theme;
  /** What is said while nothing is logged; absent where nothing is to come. */
  readonly expected: string | undefined;
}

/** One panel of the run tab, of any kind. */
export interface PanelView<K extends PanelKind> {
  readonly node: HTMLElement;
  /** Draws what changed; called for every message of the host, so it is cheap where nothing did. */
  update(declaration: PanelOf<K>, frame: PanelFrame): void;
  dispose(): void;
}

/** What panels share: values of the log, and what can be done with them. */
export interface PanelServices {
  readonly settings: SettingsStore;
  readonly images: StepCache<ImageBitmap>;
  readonly animations: StepCache<Animation>;
  readonly tensors: StepCache<LoggedTensor>;
  /** Rejects with a ValueError. */
  histograms(tag: string, from: number, signal: AbortSignal): Promise<readonly HistogramSample[]>;
  enlarge(image: LargeImage): void;
  save(tag: string, step: number): void;
  /** Moves the playhead. */
  pinTo(step: number): void;
}
