import type { HistogramSample, LoggedTensor } from '../../../src/protocol/logs';
import type { Panel, PanelKind } from '../../../src/protocol/panels';
import { panelsOf } from '../../../src/protocol/panelsOf';
import type { ShownImage } from '../../../src/protocol/views';
import { element } from '../../shared/dom';
import { formatStep } from '../../shared/format';
import type { RunView } from '../../shared/runStore';
import type { SettingsStore } from '../../shared/settings';
import type { Theme } from '../../shared/theme';
import type { LargeImage } from '../lightbox';
import { mergeStops, type Playhead } from '../playhead';
import { Animation } from './animation';
import { BarsPanel } from './bars';
import { FilmstripPanel } from './filmstrip';
import { HistogramsPanel } from './histograms';
import { imageCache } from './imageCache';
import { ImagePanel } from './images';
import { MatrixPanel } from './matrix';
import type { PanelFrame, PanelServices, PanelView } from './panel';
import { PlanePanel } from './plane';
import { StepCache } from './stepCache';

/** Curves are drawn by chart boards. */
type DrawnKind = Exclude<PanelKind, 'curves'>;
type DrawnPanel = Exclude<Panel, { readonly kind: 'curves' }>;

/**
 * A record may declare thousands of panels, and a log of another program may have as many tags; each panel requests its
 * values.
 */
const MOST_PANELS = 48;
const MOST_IMAGES = 24;
/** Budget for tensors: about sixty planes of twenty thousand points. */
const TENSOR_BYTES = 16 * 1024 * 1024;
/** Budget for encoded animations. */
const ANIMATION_BYTES = 32 * 1024 * 1024;

const makers: { readonly [K in DrawnKind]: (services: PanelServices) => PanelView<K> } = {
  images: (services) => new ImagePanel(services),
  bars: ({ settings }) => new BarsPanel(settings),
  histograms: (services) => new HistogramsPanel(services),
  plane: (services) => new PlanePanel(services),
  matrix: (services) => new MatrixPanel(services),
  filmstrip: (services) => new FilmstripPanel(services),
};

/** Requests of panels to the host; all reject with a ValueError. */
export interface PanelActions {
  image(tag: string, step: number): Promise<ShownImage>;
  tensor(tag: string, step: number): Promise<LoggedTensor>;
  histograms(tag: string, from: number, signal: AbortSignal): Promise<readonly HistogramSample[]>;
  enlarge(image: LargeImage): void;
  save(tag: string, step: number): void;
}

export function panelServices(playhead: Playhead, settings: SettingsStore, actions: PanelActions): PanelServices {
  return {
    settings,
    images: imageCache((tag, step) => actions.image(tag, step)),
    animations: new StepCache(
      async (tag, step) => Animation.of(await actions.image(tag, step)),
      ({ bytes }) => bytes,
      ANIMATION_BYTES,
    ),
    tensors: new StepCache(
      (tag, step) => actions.tensor(tag, step),
      ({ values }) => values.byteLength,
      TENSOR_BYTES,
    ),
    histograms: (tag, from, signal) => actions.histograms(tag, from, signal),
    enlarge: (image) => actions.enlarge(image),
    save: (tag, step) => actions.save(tag, step),
    pinTo: (step) => playhead.pinTo(step),
  };
}

/** The panels of a run at the playhead's step, in the family's order. */
export class Panels {
  readonly node = element('div', { class: 'pictures' });
  private readonly views = new Map<string, PanelView<DrawnKind>>();
  private order = '';

  constructor(
    private readonly playhead: Playhead,
    private readonly services: PanelServices,
  ) {}

  /** Shows the contents at the playhead; returns whether the run has any. */
  update(run: RunView, theme: Theme): boolean {
    const panels = declared(run);
    const frame = { run, step: this.playhead.step, theme, expected: expectation(run) };
    const shown = new Map(panels.map((panel, i) => [keyOf(panel, i), panel]));
    for (const [key, view] of this.views) {
      if (shown.has(key)) continue;
      view.dispose();
      this.views.delete(key);
    }
    for (const [key, panel] of shown) this.show(key, panel, frame);
    const order = [...shown.keys()].join('\n');
    if (order !== this.order) this.node.append(...[...shown.keys()].map((key) => this.views.get(key)!.node));
    this.order = order;
    return panels.length > 0;
  }

  dispose(): void {
    for (const view of this.views.values()) view.dispose();
    this.views.clear();
    this.node.remove();
  }

  /** A key begins with the kind, so a known view is of the panel's kind. */
  private show(key: string, panel: DrawnPanel, frame: PanelFrame): void {
    const view = this.views.get(key) ?? (makers[panel.kind](this.services) as PanelView<DrawnKind>);
    this.views.set(key, view);
    view.update(panel, frame);
  }
}

/** Remains the same during training, even if the family declares two panels of one tag. */
function keyOf(panel: DrawnPanel, index: number): string {
  return `${panel.kind} ${index} ${'tag' in panel ? panel.tag : panel.title}`;
}

/** The panels declared by the family, in its order; for logs of other programs, one per image tag. */
function declared({ summary, images }: RunView): DrawnPanel[] {
  const { presentation } = summary;
  if (presentation === undefined) {
    const tags = [...images.keys()].sort().slice(0, MOST_IMAGES);
    return tags.map((tag) => ({ kind: 'images', tag, title: tag }));
  }
  return presentation.panels.filter((panel) => panel.kind !== 'curves').slice(0, MOST_PANELS);
}

/** The slider's stops for a run: steps with values that are logged only occasionally, or else with bars. */
export function stopsOf(run: RunView): Float64Array {
  const located = declared(run).flatMap((panel) => stepsOf(run, panel));
  if (located.some(({ length }) => length > 0)) return mergeStops(located);
  const bars = panelsOf(run.summary.presentation, 'bars').flatMap(
    ({ prefix }) => run.series.get(`${prefix}00`)?.steps ?? [],
  );
  return mergeStops(bars);
}

function stepsOf(run: RunView, panel: DrawnPanel): Float64Array[] {
  switch (panel.kind) {
    case 'images':
    case 'filmstrip':
      return [run.images.get(panel.tag) ?? []].flat();
    case 'histograms':
      return panel.series.flatMap(({ tag }) => run.histograms.get(tag) ?? []);
    case 'plane':
      return panel.layers.flatMap(({ tag }) => run.tensors.get(tag) ?? []);
    case 'matrix':
      return [run.tensors.get(panel.tag) ?? []].flat();
    case 'bars':
      return [];
  }
}

/** The step of the first evaluation; undefined if the run has ended or it is unknown. */
export function expectation({ summary, detail }: RunView): string | undefined {
  if (!detail || !(summary.status === 'running' || summary.status === 'starting' || summary.status === 'paused')) {
    return undefined;
  }
  const { evaluate } = detail.specification.logging;
  const every = evaluate === 'epoch' ? summary.stepsPerEpoch : evaluate;
  if (every <= 0) return 'After the first evaluation.';
  // A run that started from another's checkpoint does not begin at 0.
  const next = (Math.floor(summary.step / every) + 1) * every;
  const step = summary.totalSteps > 0 ? Math.min(next, summary.totalSteps) : next;
  return `After the first evaluation, at step ${formatStep(step)}.`;
}
