import type { PanelKind, PanelOf } from '../../../src/protocol/panels';
import type { HistogramSample, LoggedTensor } from '../../../src/protocol/logs';
import type { RunView } from '../../shared/runStore';
import type { SettingsStore } from '../../shared/settings';
import type { Theme } from '../../shared/theme';
import type { LargeImage } from '../lightbox';
import type { Animation } from './animation';
import type { StepCache } from './stepCache';

/** The data that a panel draws: a run, at the step of the playhead. */
export interface PanelFrame {
  readonly run: RunView;
  /** Undefined while it follows the newest step. */
  readonly step: number | undefined;
  readonly theme: Theme;
  /** Shown while nothing is logged; absent if nothing is expected. */
  readonly expected: string | undefined;
}

/** One panel of the run tab, of any kind. */
export interface PanelView<K extends PanelKind> {
  readonly node: HTMLElement;
  /** Draws what has changed. Called for every message of the host, so it is cheap if nothing has. */
  update(declaration: PanelOf<K>, frame: PanelFrame): void;
  dispose(): void;
}

/** Services that panels share: values of the log, and actions on them. */
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
