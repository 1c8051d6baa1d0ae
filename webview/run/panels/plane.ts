import type { LoggedTensor } from '../../../src/protocol/logs';
import type { PanelOf, PlaneLayer } from '../../../src/protocol/panels';
import { themedClassColor } from '../../shared/classColors';
import { element, setHidden, setText } from '../../shared/dom';
import { formatStep, formatValue } from '../../shared/format';
import { nothingLogged } from './nothingLogged';
import { ValueError } from '../../shared/host';
import { Legend } from '../../shared/legend';
import { resolveColor } from '../../shared/signColors';
import { linearTicks } from '../../shared/ticks';
import { stopFor } from '../playhead';
import { arrowOf } from '../../shared/arrowKeys';
import { Figure, label, type FigureSize } from './figure';
import { ColorBar, heatScale, type HeatScale } from './heatScale';
import { steadied } from './interval';
import { Latest } from './latest';
import type { PanelFrame, PanelServices, PanelView } from './panel';
import { fromPixels, PlaneCamera } from './planeCamera';
import { boundsOf, checked, finiteRange, type Bounds, type LayerData } from './planeData';
import { describeLayer, nearestPoint, pointText, valueAt } from './planeReading';
import { drawArrows, drawField, drawGrid, drawPoints, toX, toY, type Projection } from './planeLayers';

type Declaration = PanelOf<'plane'>;

const ZOOM_STEP = 1.25;
const PAN_PIXELS = 40;
/** Maximum distance from the pointer to a point that is read out. */
const NEAR_PIXELS = 10;
const MOST_CLASSES = 24;
/** Relative to the largest value. */
const NEARLY_NOTHING = 0.1;

/** Points, fields, meshes and arrows in one plane, with zoom and pan. */
export class PlanePanel implements PanelView<'plane'> {
  readonly node: HTMLElement;
  private readonly figure: Figure;
  private readonly legend: Legend;
  private readonly classes = element('ul', { class: 'class-legend', 'aria-hidden': 'true' });
  private readonly bar = new ColorBar();
  private readonly all = element('button', { type: 'button', class: 'link', hidden: true }, 'Show all');
  private readonly camera = new PlaneCamera();
  private readonly latest = new Latest<readonly LayerData[]>(
    (layers) => {
      this.layers = layers;
      this.failure = undefined;
      this.refresh();
    },
    (reason) => {
      this.failure = reason;
      this.refresh();
    },
  );
  private layers: readonly LayerData[] = [];
  private failure: string | undefined;
  private declaration: Declaration | undefined;
  private frame: PanelFrame | undefined;
  private bounds: Bounds | undefined;
  private drawn = '';
  private drag: { readonly id: number; readonly x: number; readonly y: number } | undefined;
  /** The index, in the topmost points layer, of the point at the keyboard cursor. */
  private at: number | undefined;

  constructor(private readonly services: PanelServices) {
    this.legend = new Legend((key) => services.settings.toggleHidden(key));
    this.figure = new Figure('plane-panel', (context, size) => this.paint(context, size), {
      actions: [this.all],
      below: [this.bar.node, this.legend.node, this.classes],
    });
    this.node = this.figure.node;
    this.all.addEventListener('click', () => this.resetView());
    this.listen(this.figure.canvas);
  }

  update(declaration: Declaration, frame: PanelFrame): void {
    this.declaration = declaration;
    this.frame = frame;
    const { tensors, settings } = this.services;
    const wanted = declaration.layers.map((layer) => {
      const steps = frame.run.tensors.get(layer.tag) ?? NOTHING;
      if (tensors.noteSteps(layer.tag, steps)) this.latest.forget();
      return { layer, step: stopFor(steps, frame.step) };
    });
    const key = JSON.stringify([declaration.layers, wanted.map(({ step }) => step)]);
    if (wanted.some(({ step }) => step !== undefined)) {
      this.latest.want(key, () => Promise.all(wanted.map(({ layer, step }) => this.load(layer, step))));
    }
    const looks = JSON.stringify([declaration, settings.value.hidden, frame.theme, frame.expected, key]);
    if (looks !== this.drawn) this.refresh();
    this.drawn = looks;
  }

  dispose(): void {
    this.latest.dispose();
    this.figure.dispose();
  }

  /** A layer that cannot be loaded must not prevent drawing the others. */
  private async load(layer: PlaneLayer, step: number | undefined): Promise<LayerData> {
    if (step === undefined) return { layer };
    try {
      return checked(layer, await this.services.tensors.get(layer.tag, step));
    } catch (error) {
      if (error instanceof ValueError) return { layer, problem: error.message };
      throw error;
    }
  }

  /** Updates everything except pixels. */
  private refresh(): void {
    const { declaration, frame } = this;
    if (declaration === undefined || frame === undefined) return;
    const { title } = declaration;
    const loaded = this.layers.filter(({ tensor }) => tensor !== undefined);
    const step = loaded.reduce<number | undefined>((most, { tensor }) => Math.max(most ?? 0, tensor!.step), undefined);
    this.figure.title(title, step === undefined ? '' : `step ${formatStep(step)}`);
    const problems = this.layers.flatMap(({ problem }) => problem ?? []);
    const problem = this.failure ?? (problems.length > 0 ? problems.join(' ') : undefined);
    const logged = declaration.layers.some(({ tag }) => (frame.run.tensors.get(tag)?.length ?? 0) > 0);
    const waiting = logged ? 'Reading the values…' : (frame.expected ?? nothingLogged(title));
    this.figure.say(problem ?? (loaded.length > 0 ? undefined : waiting), loaded.length > 0);
    this.fitBounds();
    this.legend.update(
      declaration.layers.map((layer, i) => ({
        key: this.key(layer),
        label: layer.label,
        color: this.color(i),
        dash: layer.kind === 'grid' ? [3, 2] : [],
        points: layer.kind === 'points' ? { colors: this.pointColors(i), hollow: this.isHollow(i) } : undefined,
        hidden: !this.isShown(layer),
      })),
    );
    this.showClasses();
    this.showScale();
    const words = loaded.filter(({ layer }) => this.isShown(layer)).map((data) => describeLayer(data));
    this.figure.describe(
      `${title}${step === undefined ? '' : ` at step ${formatStep(step)}`}. ${words.join('; ')}. ` +
        'Arrow keys move, plus and minus zoom, 0 shows all, comma and full stop read the points.',
      loaded
        .filter(({ layer }) => this.isShown(layer) && layer.kind === 'points')
        .map((data) => describeLayer(data))
        .join(' · '),
    );
    this.figure.invalidate();
  }

  private fitBounds(): void {
    const declared = this.declaration?.bounds;
    if (declared !== undefined && declared.x[0] < declared.x[1] && declared.y[0] < declared.y[1]) {
      const [x, y] = [declared.x, declared.y].map(([lowest, highest]) => ({ lowest, highest }));
      this.bounds = { x: x!, y: y! };
      return;
    }
    const needed = boundsOf(this.layers.filter(({ layer }) => this.isShown(layer)));
    if (needed === undefined) return;
    this.bounds = { x: steadied(this.bounds?.x, needed.x), y: steadied(this.bounds?.y, needed.y) };
  }

  private showClasses(): void {
    const named = this.layers.find(
      ({ layer, tensor }) => layer.kind === 'points' && tensor?.shape[1] === 3 && this.isShown(layer),
    )?.layer;
    const names = named?.kind === 'points' ? (named.classes ?? []).slice(0, MOST_CLASSES) : [];
    setHidden(this.classes, names.length === 0);
    const { theme } = this.frame!;
    this.classes.replaceChildren(
      ...names.map((name, i) => {
        const dot = element('i');
        dot.style.backgroundColor = themedClassColor(i, theme);
        return element('li', {}, dot, name);
      }),
    );
  }

  private showScale(): void {
    const field = this.layers.find(({ layer, tensor }) => layer.kind === 'field' && tensor && this.isShown(layer));
    setHidden(this.bar.node, field === undefined);
    if (field) this.bar.show(field.layer.label, this.scaleOf(field));
  }

  /** Values on both sides of 0 use a diverging scale; others a scale from the smallest to the largest. */
  private scaleOf({ layer, tensor }: LayerData): HeatScale {
    const declared = layer.kind === 'field' ? layer.range : undefined;
    const own = declared && declared[0] < declared[1] ? { lowest: declared[0], highest: declared[1] } : undefined;
    const range = own ?? finiteRange(tensor!.values) ?? { lowest: 0, highest: 1 };
    const diverging = range.lowest < 0 && range.highest > 0;
    // A density that is nearly 0 somewhere should be shown as 0 there.
    const fromZero = own === undefined && range.lowest > 0 && range.lowest < range.highest * NEARLY_NOTHING;
    const shown = fromZero ? { ...range, lowest: 0 } : range;
    return heatScale(diverging ? 'diverging' : 'gray', shown, this.frame!.theme);
  }

  private key(layer: PlaneLayer): string {
    return `layer:${this.declaration!.title}/${layer.tag}/${layer.kind}`;
  }

  private isShown(layer: PlaneLayer): boolean {
    return !this.services.settings.value.hidden.includes(this.key(layer));
  }

  /**
   * The first two colors of the palette are those of signs, which a field may have: layers on top of one begin after
   * them.
   */
  private color(index: number): string {
    const { theme } = this.frame!;
    const { layers } = this.declaration!;
    const layer = layers[index];
    if (layer?.kind === 'field') return theme.dim;
    if (layer?.kind === 'points') {
      if (layer.classes !== undefined) return themedClassColor(0, theme);
      // Beside the colors of classes, any other color could be mistaken for one of them.
      if (layers.some((other) => other.kind === 'points' && other.classes !== undefined)) return theme.foreground;
    }
    const reserved = layers.some(({ kind }) => kind === 'field') ? 2 : 0;
    const before = layers.slice(0, index).filter(({ kind }) => kind !== 'field').length;
    return theme.palette[(before + reserved) % theme.palette.length]!;
  }

  /** Whether a layer's points are rings: those of every second layer of points. */
  private isHollow(index: number): boolean {
    const { layers } = this.declaration!;
    const before = layers.slice(0, index).filter(({ kind }) => kind === 'points').length;
    return layers[index]?.kind === 'points' && before % 2 === 1;
  }

  /** What the legend shows of a layer's points: several colors where their classes have them. */
  private pointColors(index: number): string[] {
    const { layer, tensor } = this.layers[index] ?? {};
    if (layer?.kind !== 'points' || tensor?.shape[1] !== 3) return [this.color(index)];
    return [0, 1, 2].map((label) => themedClassColor(label, this.frame!.theme));
  }

  private project(size: FigureSize): Projection | undefined {
    if (this.bounds === undefined) return undefined;
    const place = { left: 38, top: 8, width: size.width - 44, height: size.height - 42, ratio: size.ratio };
    return place.width < 20 || place.height < 20 ? undefined : this.camera.project(this.bounds, place);
  }

  private paint(context: CanvasRenderingContext2D, size: FigureSize): void {
    const projection = this.project(size);
    if (projection === undefined) return;
    const { left, top, width, height } = projection;
    this.paintAxes(context, projection);
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    this.layers.forEach((data, i) => {
      const { layer, tensor } = data;
      if (tensor === undefined) return;
      const [color, hollow] = [this.color(i), this.isHollow(i)];
      if (this.isShown(layer)) this.paintLayer(context, projection, { data, tensor, color, hollow });
    });
    this.paintMark(context, projection);
    context.restore();
    context.strokeStyle = this.frame!.theme.grid;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
  }

  private paintLayer(
    context: CanvasRenderingContext2D,
    projection: Projection,
    { data, tensor, color, hollow }: { data: LayerData; tensor: LoggedTensor; color: string; hollow: boolean },
  ): void {
    const { layer } = data;
    switch (layer.kind) {
      case 'field':
        return drawField(context, projection, tensor, { x: layer.x, y: layer.y, scale: this.scaleOf(data) });
      case 'grid':
        return drawGrid(context, projection, tensor, color);
      case 'arrows':
        return drawArrows(context, projection, tensor, color);
      case 'points': {
        const { theme } = this.frame!;
        const count = Math.max(10, layer.classes?.length ?? 0);
        const classes = Array.from({ length: count }, (_, index) => resolveCached(themedClassColor(index, theme)));
        return drawPoints(context, projection, tensor, { color: resolveCached(color), classes, hollow });
      }
    }
  }

  private paintAxes(context: CanvasRenderingContext2D, projection: Projection): void {
    const { left, top, width, height } = projection;
    const { theme } = this.frame!;
    const [right, bottom] = [left + width, top + height];
    const [from, to] = [fromPixels(projection, { x: left, y: bottom }), fromPixels(projection, { x: right, y: top })];
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.beginPath();
    for (const { value, label: text } of linearTicks(from.x, to.x, width / 60)) {
      const x = toX(projection, value);
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      label(context, theme, text, { x, y: bottom + 10, align: 'center' });
    }
    for (const { value, label: text } of linearTicks(from.y, to.y, height / 45)) {
      const y = toY(projection, value);
      context.moveTo(left, y);
      context.lineTo(right, y);
      label(context, theme, text, { x: left - 5, y, align: 'right' });
    }
    context.stroke();
    const [across, up] = this.declaration!.axes;
    label(context, theme, across, { x: (left + right) / 2, y: bottom + 26, align: 'center' });
    context.save();
    context.translate(7, (top + bottom) / 2);
    context.rotate(-Math.PI / 2);
    label(context, theme, up, { x: 0, y: 0, align: 'center' });
    context.restore();
  }

  /** A ring around the point that is read out. */
  private paintMark(context: CanvasRenderingContext2D, projection: Projection): void {
    const points = this.topPoints();
    if (this.at === undefined || points === undefined) return;
    const parts = points.shape[1]!;
    const [x, y] = [points.values[this.at * parts]!, points.values[this.at * parts + 1]!];
    context.strokeStyle = this.frame!.theme.foreground;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(toX(projection, x), toY(projection, y), 6, 0, 2 * Math.PI);
    context.stroke();
  }

  private topPoints(): LoggedTensor | undefined {
    return this.topLayer()?.tensor;
  }

  private topLayer(): LayerData | undefined {
    return this.layers.findLast(({ layer, tensor }) => layer.kind === 'points' && tensor && this.isShown(layer));
  }

  private listen(canvas: HTMLCanvasElement): void {
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.drag = { id: event.pointerId, x: event.offsetX, y: event.offsetY };
      canvas.setPointerCapture(event.pointerId);
    });
    for (const type of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(type, () => (this.drag = undefined));
    }
    canvas.addEventListener('pointermove', (event) => this.point(event));
    canvas.addEventListener('pointerleave', () => this.moveTo(undefined));
    canvas.addEventListener('dblclick', () => this.resetView());
    canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    canvas.addEventListener('keydown', (event) => this.press(event));
  }

  /**
   * The wheel scrolls the page unless the plane was activated by a click; a pinch arrives as a wheel event with Ctrl.
   */
  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== this.figure.canvas) return;
    event.preventDefault();
    const strength = event.ctrlKey ? 0.01 : 0.0015;
    this.zoom(Math.exp(-event.deltaY * strength * (event.deltaMode === 1 ? 16 : 1)), event);
  }

  private zoom(factor: number, at?: { readonly offsetX: number; readonly offsetY: number }): void {
    const projection = this.project(this.figure.size);
    if (projection === undefined) return;
    const { left, top, width, height } = projection;
    const [x, y] = at ? [at.offsetX, at.offsetY] : [left + width / 2, top + height / 2];
    this.camera.zoomAt(projection, factor, { x, y });
    this.viewMoved();
  }

  private point(event: PointerEvent): void {
    const projection = this.project(this.figure.size);
    if (projection === undefined) return;
    const { offsetX: x, offsetY: y } = event;
    if (this.drag?.id === event.pointerId) {
      this.camera.pan(projection, x - this.drag.x, y - this.drag.y);
      this.drag = { id: event.pointerId, x, y };
      return this.viewMoved();
    }
    const place = fromPixels(projection, { x, y });
    const top = this.topLayer();
    const near = top?.tensor && nearestPoint(top.tensor, place, NEAR_PIXELS / projection.scale);
    const [across, up] = this.declaration!.axes;
    const digits = Math.max(0, Math.ceil(Math.log10(projection.scale)));
    const fixed = (value: number) => formatValue(Number(value.toFixed(Math.min(6, digits))));
    const field = this.layers.find(({ layer, tensor }) => layer.kind === 'field' && tensor && this.isShown(layer));
    const value = field && valueAt(field, place);
    const parts = [
      `${across} ${fixed(place.x)}, ${up} ${fixed(place.y)}`,
      ...(value === undefined ? [] : [`${field!.layer.label} ${formatValue(Number(value.toPrecision(4)))}`]),
      ...(near === undefined ? [] : [pointText(top!, near)]),
    ];
    this.moveTo(near);
    this.figure.read(parts.join(' · '));
  }

  private moveTo(at: number | undefined): void {
    if (at === undefined) this.figure.read(undefined);
    if (at === this.at) return;
    this.at = at;
    this.figure.invalidate();
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrowOf(event);
    const projection = this.project(this.figure.size);
    if (projection === undefined) return;
    if (arrow) {
      this.camera.pan(projection, -arrow[0] * PAN_PIXELS, -arrow[1] * PAN_PIXELS);
      this.viewMoved();
    } else if (event.key === '+' || event.key === '=') this.zoom(ZOOM_STEP);
    else if (event.key === '-') this.zoom(1 / ZOOM_STEP);
    else if (event.key === '0' || event.key === 'Escape') this.resetView();
    else if (event.key === '.' || event.key === ',') this.walk(event.key === '.' ? 1 : -1);
    else return;
    event.preventDefault();
  }

  /** Reads out the next point of the topmost points layer. */
  private walk(by: 1 | -1): void {
    const top = this.topLayer();
    const count = top?.tensor?.shape[0] ?? 0;
    if (top === undefined || count === 0) return;
    this.moveTo(this.at === undefined ? (by === 1 ? 0 : count - 1) : (this.at + by + count) % count);
    this.figure.speak(pointText(top, this.at!));
  }

  private resetView(): void {
    this.camera.reset();
    this.viewMoved();
  }

  private viewMoved(): void {
    setHidden(this.all, !this.camera.moved);
    setText(this.all, 'Show all');
    this.figure.invalidate();
  }
}

const NOTHING = new Float64Array(0);
const resolved = new Map<string, ReturnType<typeof resolveColor>>();

/** Resolving a color requires a canvas. */
function resolveCached(color: string): ReturnType<typeof resolveColor> {
  const known = resolved.get(color) ?? resolveColor(color);
  if (resolved.size > 200) resolved.clear();
  resolved.set(color, known);
  return known;
}
