import { element, setText } from '../../shared/dom';
import type { Theme } from '../../shared/theme';
import type { Place } from '../maths/lasso';
import type { Explored } from '../model/state';
import { Scatter } from '../points/scatter';
import { allToPlane, frameOf, fromPlane, toPlane, type PlaneFrame } from '../projections/plane';
import { WEIGHTED_NEIGHBOURS, type Projection } from '../projections/projection';
import { isMap } from '../projections/projector';
import { figure, type Caption } from '../export/figure';
import { classColor } from '../points/palette';
import { FloatingPicture } from './floatingPicture';
import { HoverCard } from './hoverCard';
import { Legend } from './legend';
import { MarksLegend } from './marksLegend';
import { ProgressBar } from './progressBar';

const KEYS =
  'Arrows move a pointer (Shift: farther), + and − zoom, 0 shows all, Enter picks, decodes or sets a corner of a selection, ' +
  'Escape clears.';

/** The points with their legend, what is said about them, and what is marked among them. */
export class Stage {
  readonly scatter: Scatter;
  readonly legend: Legend;
  readonly progress = new ProgressBar();
  /** What is decoded, beside the pointer. */
  readonly floating = new FloatingPicture();
  readonly node: HTMLElement;
  private readonly card = new HoverCard();
  private readonly marks = new MarksLegend();
  private readonly axes = element('p', { class: 'axes' });
  private readonly notice = element('p', { class: 'dim notice', role: 'status' });
  /** What is under the pointer, for those who hear the page. */
  private readonly spoken = element('p', { class: 'visually-hidden', role: 'status' });
  private projection: Projection | undefined;
  /** Whether the projection is a map on its way: to find a latent's place on it takes too long to be done each time. */
  private passing = false;
  private frame: PlaneFrame = { x: 0, y: 0, half: 1 };
  private explored: Explored | undefined;
  private emphasised: number | undefined;
  private probed: readonly number[] | undefined;
  private reencoded: readonly number[] | undefined;
  private path: readonly (readonly number[])[] = [];
  /** Where those lie, in the projection's own numbers. */
  private places: { probe?: Place; reencoded?: Place; path: readonly Place[] } = { path: [] };

  /** @param below what stands below the points: words beside those of the axes, and a row of its own */
  constructor(
    private theme: Theme,
    private dark: boolean,
    below: { readonly words: HTMLElement; readonly row: HTMLElement },
  ) {
    this.scatter = new Scatter(theme);
    this.legend = new Legend((label) => {
      this.emphasised = label;
      this.paint();
    });
    this.scatter.onHover((index) => this.hover(index));
    this.scatter.onProbe((place) => this.floating.follow(() => this.scatter.inWindow(place)));
    this.scatter.onMoveOn(() => this.floating.hide());
    this.scatter.onCancel(() => this.floating.hide());
    this.scatter.layer.onFrame(() => {
      this.card.follow((index) => this.scatter.onScreen(index));
      this.floating.place();
    });
    this.scatter.onMarks((marks) => this.marks.show(marks));
    this.scatter.layer.onNotice((text) => setText(this.notice, text));
    this.node = element(
      'section',
      { class: 'stage', 'aria-label': 'Map of the latents' },
      this.legend.node,
      element('div', { class: 'map' }, this.scatter.node, this.progress.node, this.card.node),
      element(
        'div',
        { class: 'stage-bottom' },
        element('div', { class: 'stage-words' }, this.axes, this.notice, below.words),
        this.marks.node,
        below.row,
      ),
      element('p', { id: 'latent-keys', class: 'visually-hidden' }, KEYS),
      this.spoken,
      this.floating.node,
    );
  }

  get positions(): Float32Array {
    return this.projection?.positions ?? new Float32Array(0);
  }

  setTheme(theme: Theme, dark: boolean): void {
    [this.theme, this.dark] = [theme, dark];
    this.scatter.setTheme(theme);
    this.legend.setTheme(dark);
    this.paint();
  }

  /**
   * Shows the points where a projection has them.
   * @param how they get there; `passing` where the projection is a map that is still being made
   */
  show(projection: Projection, explored: Explored, how: 'glide' | 'jump' | 'passing'): void {
    if (this.projection && this.projection.kind !== projection.kind) this.scatter.layer.camera.fit();
    this.take(explored);
    [this.projection, this.passing] = [projection, how === 'passing'];
    this.frame = frameOf(projection.positions);
    this.scatter.setPositions(allToPlane(this.frame, projection.positions), how === 'glide');
    setText(this.axes, this.passing ? `${projection.kind === 'umap' ? 'UMAP' : 't-SNE'}, being made` : projection.axes);
    const { probed, reencoded, path } = this;
    this.places = { probe: this.locate(probed), reencoded: this.locate(reencoded), path: this.locateAll(path) };
    this.paint();
    this.mark();
  }

  /** What is explored has changed. */
  update(explored: Explored): void {
    this.take(explored);
    this.paint();
    this.mark();
  }

  /** Images have come. */
  refreshCard(): void {
    if (this.explored) this.card.refresh(this.explored, (index) => this.scatter.onScreen(index));
  }

  /** The latent at a place of the plane, and how it was found, in words. */
  latentAt(place: Place): { readonly latent: number[]; readonly how: string } | undefined {
    const { projection } = this;
    if (!projection) return undefined;
    const near = () => this.scatter.near(place, WEIGHTED_NEIGHBOURS);
    // All points are hidden, and a map has nothing else to go by.
    if (isMap(projection.kind) && near().length === 0) return undefined;
    return { latent: projection.invert(fromPlane(this.frame, place), near), how: projection.inverse };
  }

  markProbe(latent: readonly number[] | undefined): void {
    [this.probed, this.reencoded] = [latent, undefined];
    this.places = { ...this.places, probe: this.locate(latent), reencoded: undefined };
    this.mark();
  }

  markReencoded(latent: readonly number[] | undefined): void {
    // The answer came after the mark that it belongs to was taken away.
    if (this.probed === undefined) return;
    this.reencoded = latent;
    this.places = { ...this.places, reencoded: this.locate(latent) };
    this.mark();
  }

  markPath(latents: readonly (readonly number[])[]): void {
    this.path = latents;
    this.places = { ...this.places, path: this.locateAll(latents) };
    this.mark();
  }

  /** The map as it is seen, as a figure in a PNG file. @param title what it is of, and the facts below it */
  async snapshot(title: Pick<Caption, 'title' | 'facts'>): Promise<Uint8Array> {
    const { projection, explored, frame, dark } = this;
    const classes = (explored?.labels && explored.model.description.classes) ?? [];
    const shown = classes.flatMap((name, label) =>
      explored?.selection.isShown(label) ? [{ name, color: classColor(label, dark) }] : [],
    );
    const scale = projection && !isMap(projection.kind) ? frame : undefined;
    const axes = projection?.names ?? ['', ''];
    return figure(this.scatter.seen, { ...title, classes: shown, axes, scale }, this.theme);
  }

  private take(explored: Explored): void {
    // Of other images, the point of that number is another.
    if (this.explored && this.explored.images !== explored.images) this.scatter.setHover(undefined);
    this.explored = explored;
  }

  private locate(latent: readonly number[] | undefined): Place | undefined {
    return latent && !this.passing ? this.projection?.place(latent) : undefined;
  }

  private locateAll(latents: readonly (readonly number[])[]): readonly Place[] {
    return latents.flatMap((latent) => this.locate(latent) ?? []);
  }

  private mark(): void {
    const { projection, frame, explored, places } = this;
    if (!projection) return;
    const { layer } = this.scatter;
    const at = (place: Place | undefined) => place && toPlane(frame, place);
    const prior = explored?.model.hasNormalPrior ? projection.prior : undefined;
    this.scatter.setMarks({
      prior: prior && { centre: toPlane(frame, prior), radii: [1, 2, 3].map((radius) => radius / frame.half) },
      picked: (explored?.picked ?? []).map((index, i) => ({
        place: () => layer.place(index),
        letter: 'AB'[i] ?? '',
      })),
      probe: at(places.probe),
      reencoded: at(places.reencoded),
      path: places.path.map((place) => toPlane(frame, place)),
    });
  }

  private paint(): void {
    const { explored } = this;
    if (!explored) return;
    const { selection, labels } = explored;
    this.scatter.setLooks({
      labels,
      shown: (label) => selection.isShown(label),
      selected: selection.count > 0 ? (index) => selection.has(index) : undefined,
      emphasised: labels ? this.emphasised : undefined,
      dark: this.dark,
    });
  }

  private hover(index: number | undefined): void {
    const { explored } = this;
    if (index === undefined || !explored || index >= explored.encoding.latents.count) return this.card.hide();
    this.card.show(index, explored, this.scatter.onScreen(index), (words) => setText(this.spoken, words));
  }
}

/** Whether points lie on a dark background. */
export function isDark(): boolean {
  const { classList } = document.body;
  return (
    classList.contains('vscode-dark') ||
    (classList.contains('vscode-high-contrast') && !classList.contains('vscode-high-contrast-light'))
  );
}
