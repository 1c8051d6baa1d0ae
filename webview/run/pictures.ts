import type { PanelOf } from '../../src/protocol/panels';
import { panelsOf } from '../../src/protocol/panelsOf';
import type { ShownImage } from '../../src/protocol/views';
import { element } from '../shared/dom';
import { formatStep } from '../shared/format';
import type { RunView } from '../shared/runStore';
import type { SettingsStore } from '../shared/settings';
import { BarsPanel } from './bars';
import { ImageCache } from './imageCache';
import { ImagePanel, type ImageActions } from './imagePanel';
import { mergeStops, type Playhead } from './playhead';
import { Timeline } from './timeline';

/** Maximum number of panels: a log of another program may have thousands of tags, each of which loads an image. */
const MAXIMUM_IMAGES = 24;

export interface PicturesActions extends ImageActions {
  /** Asks the host; rejects with an ImageError. */
  request(tag: string, step: number): Promise<ShownImage>;
}

/** Images and bars at the playhead's step, under one slider. */
export class Pictures {
  readonly node = element('div', { class: 'pictures' });
  private readonly timeline: Timeline;
  private readonly images = new Map<string, ImagePanel>();
  private readonly bars: BarsPanel[] = [];
  private readonly cache: ImageCache;

  constructor(
    private readonly playhead: Playhead,
    private readonly settings: SettingsStore,
    private readonly actions: PicturesActions,
  ) {
    this.timeline = new Timeline(playhead);
    this.cache = new ImageCache((tag, step) => actions.request(tag, step));
    this.node.append(this.timeline.node);
  }

  /** Shows the content at the playhead. Returns whether the run has any. */
  update(run: RunView): boolean {
    const { summary } = run;
    const images = declaredImages(run);
    const bars = panelsOf(summary.presentation, 'bars');
    this.playhead.setStops(findStops(run, images));
    this.timeline.update(summary.intents.includes('pause') || summary.status === 'running');
    this.updateImages(run, images);
    while (this.bars.length > bars.length) this.bars.pop()?.dispose();
    bars.forEach((declaration, i) => {
      const panel = this.bars[i] ?? this.addBars();
      panel.update(declaration, run, this.playhead.step, expectation(run));
    });
    return images.length > 0 || bars.length > 0;
  }

  private updateImages(run: RunView, images: PanelOf<'images'>[]): void {
    for (const declaration of images) {
      const { tag } = declaration;
      const steps = run.images.get(tag) ?? new Float64Array(0);
      this.cache.noteSteps(tag, steps);
      (this.images.get(tag) ?? this.addImage(tag)).show(declaration, steps, this.playhead.step);
    }
    const declared = new Set(images.map(({ tag }) => tag));
    for (const [tag, panel] of this.images) {
      if (declared.has(tag)) continue;
      panel.dispose();
      this.images.delete(tag);
    }
  }

  private addImage(tag: string): ImagePanel {
    const panel = new ImagePanel(tag, this.cache, this.actions);
    this.images.set(tag, panel);
    this.node.insertBefore(panel.node, this.bars[0]?.node ?? null);
    return panel;
  }

  private addBars(): BarsPanel {
    const panel = new BarsPanel(this.settings);
    this.bars.push(panel);
    this.node.append(panel.node);
    return panel;
  }
}

/** The slider's stops: the steps with images, or without images those with bars. */
function findStops(run: RunView, images: PanelOf<'images'>[]): Float64Array {
  const imageSteps = images.flatMap(({ tag }) => run.images.get(tag) ?? []);
  if (imageSteps.some(({ length }) => length > 0)) return mergeStops(imageSteps);
  const barSteps = panelsOf(run.summary.presentation, 'bars').flatMap(
    ({ prefix }) => run.series.get(`${prefix}00`)?.steps ?? [],
  );
  return mergeStops(barSteps);
}

/** The images that the family declares, in its order; for logs of other programs, all images. */
function declaredImages({ summary, images }: RunView): PanelOf<'images'>[] {
  const { presentation } = summary;
  const all = presentation
    ? panelsOf(presentation, 'images')
    : [...images.keys()].sort().map((tag) => ({ kind: 'images' as const, tag, title: tag }));
  return all.slice(0, MAXIMUM_IMAGES);
}

/** The step of the first evaluation; undefined if it is unknown or the run has ended. */
function expectation({ summary, detail }: RunView): string | undefined {
  if (!detail || !(summary.status === 'running' || summary.status === 'starting' || summary.status === 'paused')) {
    return undefined;
  }
  const { evaluate } = detail.specification.logging;
  const every = evaluate === 'epoch' ? summary.stepsPerEpoch : evaluate;
  if (every <= 0) return 'After the first evaluation.';
  // A run that started from another run's checkpoint does not start at step 0.
  const next = (Math.floor(summary.step / every) + 1) * every;
  const step = summary.totalSteps > 0 ? Math.min(next, summary.totalSteps) : next;
  return `After the first evaluation, at step ${formatStep(step)}.`;
}
