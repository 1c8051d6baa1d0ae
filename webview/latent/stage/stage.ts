import { element, setText } from '../../shared/dom';
import type { Theme } from '../../shared/theme';
import type { Place } from '../maths/lasso';
import type { ExplorerStore, Points } from '../model/state';
import { Scatter } from '../points/scatter';
import { allToPlane, frameOf, fromPlane, toPlane, type PlaneFrame } from '../projections/plane';
import { WEIGHTED_NEIGHBORS, type Projection } from '../projections/projection';
import { isMap } from '../projections/projector';
import { figure, type Caption } from '../export/figure';
import { classColor } from '../../shared/classColors';
import { FloatingPicture } from './floatingPicture';
import { HoverCard } from './hoverCard';
import { Legend } from './legend';
import { MarksLegend } from './marksLegend';

const KEYS =
  'Arrows move a pointer (Shift: farther), + and − zoom, 0 shows all, Enter picks, decodes or sets a corner of a selection, ' +
  'Escape clears.';

/** The map: the points with their legends, the marks among them, and the hovered point. */
export class Stage {
  readonly scatter: Scatter;
  readonly node: HTMLElement;
  /** Below the map. */
  readonly bottom: HTMLElement;
  private readonly legend: Legend;
  /** The decoded image, beside the pointer. */
  private readonly floating = new FloatingPicture();
  private readonly card = new HoverCard();
  private readonly marks = new MarksLegend();
  private readonly axes = element('p', { class: 'axes' });
  private readonly notice = element('p', { class: 'dim notice', role: 'status' });
  /** Describes the hovered point to screen readers. */
  private readonly spoken = element('p', { class: 'visually-hidden', role: 'status' });
  private projection: Projection | undefined;
  /** Whether the projection is a map in progress, on which locating a latent takes too long. */
  private passing = false;
  private frame: PlaneFrame = { x: 0, y: 0, half: 1 };
  /** The points that the projection shows; the store may have newer ones, which are not projected yet. */
  private points: Points | undefined;
  private emphasized: number | undefined;
  private dark = isDark();
  /** Marked latents in the projection's own coordinates. */
  private places: { probe?: Place; reencoded?: Place; path: readonly Place[] } = { path: [] };

  /**
   * @param progress lies over the map
   * @param status stands beside the names of the axes
   */
  constructor(
    private readonly store: ExplorerStore,
    progress: HTMLElement,
    status: HTMLElement,
  ) {
    this.scatter = new Scatter(store.state.theme);
    this.legend = new Legend((label) => {
      this.emphasized = label;
      this.paint();
    });
    this.listen();
    this.bottom = element(
      'div',
      { class: 'stage-bottom' },
      element('div', { class: 'stage-words' }, this.axes, this.notice, status),
      this.marks.node,
    );
    this.node = element(
      'section',
      { class: 'stage', 'aria-label': 'Map of the latents' },
      this.legend.node,
      element('div', { class: 'map' }, this.scatter.node, progress, this.card.node),
      this.bottom,
      element('p', { id: 'latent-keys', class: 'visually-hidden' }, KEYS),
      this.spoken,
      this.floating.node,
    );
  }

  /** Positions of the points in the projection, as [count, 2]. */
  get positions(): Float32Array {
    return this.projection?.positions ?? new Float32Array(0);
  }

  /**
   * Shows the points where a projection has them.
   * @param how they get there; `passing` for a map that is still being computed
   */
  show(projection: Projection, points: Points, how: 'glide' | 'jump' | 'passing'): void {
    if (this.projection && this.projection.kind !== projection.kind) this.scatter.layer.camera.fit();
    this.take(points);
    [this.projection, this.passing] = [projection, how === 'passing'];
    this.frame = frameOf(projection.positions);
    this.scatter.setPositions(allToPlane(this.frame, projection.positions), how === 'glide');
    setText(
      this.axes,
      this.passing ? `${projection.kind === 'umap' ? 'UMAP' : 't-SNE'}, in progress` : projection.axes,
    );
    const { probe, reencoded, path } = this.store.state;
    this.places = {
      probe: this.locate(probe?.latent),
      reencoded: probe && this.locate(reencoded),
      path: this.locateAll(path),
    };
    this.paint();
    this.mark();
  }

  /** The visible map as a figure in a PNG file. @param title title and caption */
  async snapshot(title: Pick<Caption, 'title' | 'facts'>): Promise<Uint8Array> {
    const { projection, points, frame, dark, store } = this;
    const classes = (points?.labels && points.model.description.classes) ?? [];
    const shown = classes.flatMap((name, label) =>
      store.selection.isShown(label) ? [{ name, color: classColor(label, dark) }] : [],
    );
    const scale = projection && !isMap(projection.kind) ? frame : undefined;
    const axes = projection?.names ?? ['', ''];
    return figure(this.scatter.seen, { ...title, classes: shown, axes, scale }, store.state.theme);
  }

  private listen(): void {
    const { scatter, store, floating } = this;
    scatter.onHover((index) => this.hover(index));
    scatter.onProbe((place) => {
      floating.follow(() => scatter.inWindow(place));
      this.probe(place);
    });
    scatter.onMoveOn(() => floating.hide());
    scatter.onCancel(() => floating.hide());
    scatter.layer.onFrame(() => {
      this.card.follow((index) => scatter.onScreen(index));
      floating.place();
    });
    scatter.onMarks((marks) => this.marks.show(marks));
    scatter.layer.onNotice((text) => setText(this.notice, text));
    store.on(['theme'], () => this.setTheme(store.state.theme));
    store.on(['points'], () => this.showLegend());
    store.on(['picked', 'selected'], (changed) => {
      const { points } = store.state;
      // New points are taken with their projection.
      if (!points || changed.has('points')) return;
      this.take(points);
      this.paint();
      this.mark();
    });
    store.on(['images'], () => {
      if (this.points) this.card.refresh(this.points, (index) => scatter.onScreen(index));
    });
    store.on(['decoded'], () => {
      const { decoded } = store.state;
      if (decoded) floating.show(decoded.pixels, decoded.node);
    });
    store.on(['probe', 'reencoded', 'path'], (changed) => {
      const { probe, reencoded, path } = store.state;
      this.places = {
        probe: changed.has('probe') ? this.locate(probe?.latent) : this.places.probe,
        reencoded: probe && this.locate(reencoded),
        path: changed.has('path') ? this.locateAll(path) : this.places.path,
      };
      this.mark();
    });
  }

  private setTheme(theme: Theme): void {
    this.dark = isDark();
    this.scatter.setTheme(theme);
    this.legend.setTheme(this.dark);
    this.paint();
  }

  private showLegend(): void {
    const { points } = this.store.state;
    const classes = points?.model.description.classes;
    if (classes && points.labels) this.legend.show(classes, points.labels, this.store.selection, this.dark);
    else this.legend.clear();
  }

  /** Asks for the latent at a position of the map to be decoded. */
  private probe(place: Place): void {
    const { projection } = this;
    if (!projection) return;
    const near = () => this.scatter.near(place, WEIGHTED_NEIGHBORS);
    // If all points are hidden, a map has nothing to weight.
    if (isMap(projection.kind) && near().length === 0) return;
    const latent = projection.invert(fromPlane(this.frame, place), near);
    this.store.probe(latent, projection.inverse);
  }

  private take(points: Points): void {
    // The same index is another image in another data set.
    if (this.points && this.points.images !== points.images) this.scatter.setHover(undefined);
    this.points = points;
  }

  private locate(latent: readonly number[] | undefined): Place | undefined {
    return latent && !this.passing ? this.projection?.place(latent) : undefined;
  }

  private locateAll(latents: readonly (readonly number[])[]): readonly Place[] {
    return latents.flatMap((latent) => this.locate(latent) ?? []);
  }

  private mark(): void {
    const { projection, frame, points, places, store } = this;
    if (!projection) return;
    const { layer } = this.scatter;
    const at = (place: Place | undefined) => place && toPlane(frame, place);
    const prior = points?.model.hasNormalPrior ? projection.prior : undefined;
    this.scatter.setMarks({
      prior: prior && { center: toPlane(frame, prior), radii: [1, 2, 3].map((radius) => radius / frame.half) },
      picked: (points ? store.state.picked : []).map((index, i) => ({
        place: () => layer.place(index),
        letter: 'AB'[i] ?? '',
      })),
      probe: at(places.probe),
      reencoded: at(places.reencoded),
      path: places.path.map((place) => toPlane(frame, place)),
    });
  }

  private paint(): void {
    if (!this.points) return;
    const { labels } = this.points;
    const { selection } = this.store;
    this.scatter.setLooks({
      labels,
      shown: (label) => selection.isShown(label),
      selected: selection.count > 0 ? (index) => selection.has(index) : undefined,
      emphasized: labels ? this.emphasized : undefined,
      dark: this.dark,
    });
  }

  private hover(index: number | undefined): void {
    const { points } = this;
    if (index === undefined || !points || index >= points.encoding.latents.count) return this.card.hide();
    this.card.show(index, points, this.scatter.onScreen(index), (description) => setText(this.spoken, description));
  }
}

/** Whether the background of the points is dark. */
function isDark(): boolean {
  const { classList } = document.body;
  return (
    classList.contains('vscode-dark') ||
    (classList.contains('vscode-high-contrast') && !classList.contains('vscode-high-contrast-light'))
  );
}
