import type { HistogramSample } from '../../../src/protocol/logs';
import type { PanelOf } from '../../../src/protocol/panels';
import '../../shared/toolbarButton';
import { element, setHidden } from '../../shared/dom';
import { formatStep, formatValue } from '../../shared/format';
import { nothingLogged } from './nothingLogged';
import { Legend } from '../../shared/legend';
import { linearTicks } from '../../shared/ticks';
import { extentOf, meanOf, quantileOf, sharesOf, totalOf, type Bins } from './distribution';
import { arrowOf } from '../../shared/arrowKeys';
import { Figure, label, type FigureSize } from './figure';
import { commonSteps, HistogramSource, stepIndex } from './histogramSource';
import { clamp, steadied, type Interval } from './interval';
import type { PanelFrame, PanelServices, PanelView } from './panel';

type Declaration = PanelOf<'histograms'>;

/** One of the distributions, ready to be drawn. */
interface Drawn {
  readonly label: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly source: HistogramSource;
}

interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const BINS = 64;
/** Color alone does not distinguish curves for everyone. */
const DASHES: readonly (readonly number[])[] = [[], [5, 3], [2, 2], [8, 3, 2, 3]];
const ROW_HEIGHT = 15;
const MOST_ROWS = 24;
/** Height of a ridge in rows. */
const OVERLAP = 2.6;
const BINS_AT_ONCE = 8;

/** Overlaid distributions at the playhead's step, or ridges over all steps. */
export class HistogramsPanel implements PanelView<'histograms'> {
  readonly node: HTMLElement;
  private readonly figure: Figure;
  private readonly legend: Legend;
  private readonly overTime = element('vscode-toolbar-button', {
    icon: 'layers',
    toggleable: true,
    label: 'Over time',
    title: 'Over time',
  });
  private readonly sources = new Map<string, HistogramSource>();
  private declaration: Declaration | undefined;
  private frame: PanelFrame | undefined;
  private range: Interval | undefined;
  private drawn = '';
  /** The bin, or over time the row, at the keyboard cursor or the pointer. */
  private at: number | undefined;

  constructor(private readonly services: PanelServices) {
    const { settings } = services;
    this.legend = new Legend((key) => settings.toggleHidden(key));
    this.figure = new Figure('histograms-panel', (context, size) => this.paint(context, size), {
      actions: [this.overTime],
      below: [this.legend.node],
    });
    this.node = this.figure.node;
    this.overTime.addEventListener('change', () => settings.update({ overTime: this.overTime.checked }));
    const { canvas } = this.figure;
    canvas.addEventListener('pointermove', (event) => this.point(event));
    canvas.addEventListener('pointerleave', () => this.moveTo(undefined));
    canvas.addEventListener('blur', () => this.moveTo(undefined));
    canvas.addEventListener('keydown', (event) => this.press(event));
    canvas.addEventListener('click', () => this.stay());
  }

  update(declaration: Declaration, frame: PanelFrame): void {
    this.declaration = declaration;
    this.frame = frame;
    const { overTime, hidden } = this.services.settings.value;
    for (const { tag } of declaration.series) this.source(tag).note(frame.run.histograms.get(tag) ?? NOTHING);
    this.figure.canvas.classList.toggle('tall', overTime);
    this.overTime.checked = overTime;
    const { theme, step } = frame;
    const held = [...this.sources.values()].map(({ samples }) => `${samples.length} ${samples.at(-1)?.step ?? ''}`);
    const key = JSON.stringify([declaration, step, overTime, hidden, held, theme]);
    if (key !== this.drawn) this.refresh();
    this.drawn = key;
  }

  dispose(): void {
    for (const source of this.sources.values()) source.dispose();
    this.figure.dispose();
  }

  private source(tag: string): HistogramSource {
    let source = this.sources.get(tag);
    if (source === undefined) {
      source = new HistogramSource(
        tag,
        (...request) => this.services.histograms(...request),
        () => this.refresh(),
      );
      this.sources.set(tag, source);
    }
    return source;
  }

  /** Updates everything except pixels. */
  private refresh(): void {
    const { declaration, frame } = this;
    if (declaration === undefined || frame === undefined) return;
    const { title } = declaration;
    const all = this.series();
    const samples = all.map(({ source }) => source.at(frame.step));
    const problem = all.map(({ source }) => source.problem).find((reason) => reason !== undefined);
    const any = samples.some((sample) => sample !== undefined);
    const step = samples.find((sample) => sample !== undefined)?.step;
    const { overTime } = this.services.settings.value;
    this.figure.title(title, step === undefined || overTime ? '' : `step ${formatStep(step)}`);
    setHidden(this.overTime, !any);
    const logged = declaration.series.some(({ tag }) => (frame.run.histograms.get(tag)?.length ?? 0) > 0);
    const waiting = logged ? 'Reading the histograms…' : (frame.expected ?? nothingLogged(title));
    this.figure.say(problem ?? (any ? undefined : waiting), any);
    const visible = this.visible();
    setHidden(this.legend.node, all.length < 2);
    this.legend.update(
      all.map(({ label: name, color, dash }) => ({
        key: this.key(name),
        label: name,
        color,
        dash,
        hidden: !visible.some((one) => one.label === name),
      })),
    );
    const words = all.map(({ label: name }, i) => `${name}: ${describe(samples[i])}`).join('; ');
    const keys = overTime
      ? 'Arrow keys read its steps, Enter moves there.'
      : 'Left and right arrow keys read its bins.';
    this.figure.describe(
      `${title}${step === undefined ? '' : ` at step ${formatStep(step)}`}. ${words}. ${keys}`,
      all.length === 1 ? describe(samples[0]) : meansOf(all, samples),
    );
    this.figure.invalidate();
  }

  private series(): Drawn[] {
    const { palette } = this.frame!.theme;
    return this.declaration!.series.map(({ tag, label: name }, i) => ({
      label: name,
      color: palette[i % palette.length]!,
      dash: DASHES[i % DASHES.length]!,
      source: this.source(tag),
    }));
  }

  private visible(): Drawn[] {
    const { hidden } = this.services.settings.value;
    return this.series().filter(({ label: name }) => !hidden.includes(this.key(name)));
  }

  private key(name: string): string {
    return `layer:${this.declaration!.title}/${name}`;
  }

  /** The bins that cover all samples; the same for neighboring steps. */
  private binsOf(samples: readonly (HistogramSample | undefined)[]): Bins | undefined {
    const extents = samples.flatMap((sample) => (sample && extentOf(sample)) ?? []);
    if (extents.length === 0) return undefined;
    const needed = {
      lowest: Math.min(...extents.map(({ lowest }) => lowest)),
      highest: Math.max(...extents.map(({ highest }) => highest)),
    };
    this.range = steadied(this.range, needed);
    return { ...this.range, count: BINS };
  }

  private plotOf({ width, height }: FigureSize): Plot {
    return { left: 36, right: width - 6, top: 6, bottom: height - (this.declaration!.quantity === '' ? 18 : 32) };
  }

  private paint(context: CanvasRenderingContext2D, size: FigureSize): void {
    const { frame, declaration } = this;
    if (frame === undefined || declaration === undefined) return;
    const plot = this.plotOf(size);
    if (plot.right - plot.left < 20 || plot.bottom - plot.top < 20) return;
    if (this.services.settings.value.overTime) this.paintRidges(context, plot);
    else this.paintShares(context, plot);
    const { range } = this;
    if (range === undefined) return;
    const { theme } = frame;
    const middle = (plot.left + plot.right) / 2;
    for (const { value, label: text } of linearTicks(range.lowest, range.highest, (plot.right - plot.left) / 48)) {
      label(context, theme, text, { x: xOf(value, range, plot), y: plot.bottom + 10, align: 'center' });
    }
    label(context, theme, declaration.quantity, { x: middle, y: plot.bottom + 24, align: 'center' });
  }

  private paintShares(context: CanvasRenderingContext2D, plot: Plot): void {
    const { theme, step } = this.frame!;
    const visible = this.visible();
    const bins = this.binsOf(visible.map(({ source }) => source.at(step)));
    if (bins === undefined) return;
    const shares = visible.map(({ source }) => source.at(step)).map((sample) => sample && sharesOf(sample, bins));
    const most = Math.max(1e-9, ...shares.flatMap((one) => (one ? [...one] : []))) * 1.06;
    const y = (share: number) => plot.bottom - (share / most) * (plot.bottom - plot.top);
    context.lineWidth = 1;
    context.strokeStyle = theme.grid;
    for (const { value, label: text } of linearTicks(0, most * 100, (plot.bottom - plot.top) / 40)) {
      line(context, plot.left, y(value / 100), plot.right, y(value / 100));
      label(context, theme, `${text}%`, { x: plot.left - 5, y: y(value / 100), align: 'right' });
    }
    shares.forEach((one, i) => {
      if (one)
        outline(context, one, { plot, base: plot.bottom, height: y, color: visible[i]!.color, dash: visible[i]!.dash });
    });
    if (this.at === undefined) return;
    const x = plot.left + ((this.at + 0.5) / bins.count) * (plot.right - plot.left);
    context.strokeStyle = theme.dim;
    line(context, x, plot.top, x, plot.bottom);
  }

  private rows(height: number): number[] {
    const most = clamp(Math.floor(height / ROW_HEIGHT) - 1, 2, MOST_ROWS);
    return commonSteps(
      this.visible().map(({ source }) => source),
      most,
    );
  }

  private paintRidges(context: CanvasRenderingContext2D, plot: Plot): void {
    const { theme, step } = this.frame!;
    const visible = this.visible();
    const steps = this.rows(plot.bottom - plot.top);
    const samples = steps.map((each) => visible.map(({ source }) => source.at(each)));
    const bins = this.binsOf(samples.flat());
    if (bins === undefined) return;
    const shares = samples.map((row) => row.map((sample) => sample && sharesOf(sample, bins)));
    const { tall, baseline } = ridges(plot, steps.length);
    const current = stepIndex(steps, step);
    // Otherwise a single narrow peak would flatten all others.
    const peaks = shares.flat().map((one) => (one ? Math.max(...one) : 0));
    const most = Math.max(1e-9, peaks.sort((a, b) => a - b)[Math.floor((peaks.length - 1) * 0.95)] ?? 0);
    const every = Math.ceil((steps.length * ROW_HEIGHT) / (plot.bottom - plot.top));
    steps.forEach((each, row) => {
      const base = baseline(row);
      const height = (share: number) => base - Math.min(1.3, share / most) * tall;
      const strong = row === current || row === this.at;
      cover(context, shares[row]!, { plot, base, height, color: theme.background });
      shares[row]!.forEach((one, i) => {
        if (!one) return;
        const { color, dash } = visible[i]!;
        outline(context, one, { plot, base, height, color, dash, width: strong ? 2 : 1 });
      });
      context.lineWidth = 1;
      context.strokeStyle = strong ? theme.accent : theme.grid;
      line(context, plot.left, base, plot.right, base);
      if ((steps.length - 1 - row) % every === 0 || strong) {
        label(context, theme, shortStep(each), { x: plot.left - 4, y: base - 3, align: 'right' });
      }
    });
  }

  private point({ offsetX, offsetY }: PointerEvent): void {
    const plot = this.plotOf(this.figure.size);
    if (this.services.settings.value.overTime) {
      const steps = this.rows(plot.bottom - plot.top);
      const { baseline, apart } = ridges(plot, steps.length);
      this.moveTo(clamp(Math.round((offsetY + apart / 2 - baseline(0)) / (apart || 1)), 0, steps.length - 1));
    } else {
      const share = (offsetX - plot.left) / (plot.right - plot.left);
      this.moveTo(share < 0 || share > 1 ? undefined : Math.min(BINS - 1, Math.floor(share * BINS)));
    }
  }

  private moveTo(at: number | undefined): void {
    if (at === this.at) return;
    this.at = at;
    this.figure.read(at === undefined ? undefined : this.reading(at));
    this.figure.invalidate();
  }

  private press(event: KeyboardEvent): void {
    const { overTime } = this.services.settings.value;
    if (event.key === 'Enter' && overTime) return this.stay();
    const arrow = arrowOf(event);
    const end = event.key === 'End' ? Infinity : event.key === 'Home' ? -Infinity : 0;
    const by = (arrow?.[overTime ? 1 : 0] ?? 0) * (event.shiftKey ? BINS_AT_ONCE : 1) + end;
    if (by === 0) return;
    event.preventDefault();
    const plot = this.plotOf(this.figure.size);
    const last = overTime ? this.rows(plot.bottom - plot.top).length - 1 : BINS - 1;
    this.moveTo(clamp((this.at ?? (overTime ? last : BINS / 2) - Math.sign(by)) + by, 0, Math.max(0, last)));
    if (this.at !== undefined) this.figure.speak(this.reading(this.at));
  }

  /** Moves the playhead to the described row. */
  private stay(): void {
    if (!this.services.settings.value.overTime || this.at === undefined) return;
    const plot = this.plotOf(this.figure.size);
    const step = this.rows(plot.bottom - plot.top)[this.at];
    if (step !== undefined) this.services.pinTo(step);
  }

  /** "0.2 to 0.4: data 12%, model 9%"; over time "step 300: data mean 0.1, model mean −0.3". */
  private reading(at: number): string {
    const visible = this.visible();
    if (this.services.settings.value.overTime) {
      const plot = this.plotOf(this.figure.size);
      const step = this.rows(plot.bottom - plot.top)[at];
      if (step === undefined) return '';
      const means = visible.map(({ label: name, source }) => {
        const sample = source.at(step);
        return `${name} mean ${sample ? formatValue(round(meanOf(sample))) : '–'}`;
      });
      return `step ${formatStep(step)}: ${means.join(', ')}`;
    }
    const { range } = this;
    if (range === undefined) return '';
    const width = (range.highest - range.lowest) / BINS;
    const edges = [at, at + 1].map((edge) => formatValue(round(range.lowest + edge * width)));
    const parts = visible.map(({ label: name, source }) => {
      const sample = source.at(this.frame?.step);
      const share = sample ? sharesOf(sample, { ...range, count: BINS })[at]! : NaN;
      return `${name} ${formatValue(Number((share * 100).toPrecision(2)))}%`;
    });
    return `${edges.join(' to ')}: ${parts.join(', ')}`;
  }
}

const NOTHING = new Float64Array(0);

function xOf(value: number, { lowest, highest }: Interval, plot: Plot): number {
  return plot.left + ((value - lowest) / (highest - lowest)) * (plot.right - plot.left);
}

/** Rows from the oldest, at the top, to the newest; their ridges extend into the rows above. */
function ridges(plot: Plot, rows: number): { apart: number; tall: number; baseline(row: number): number } {
  const apart = rows > 1 ? (plot.bottom - plot.top) / (rows - 1 + OVERLAP) : 0;
  const tall = rows > 1 ? apart * OVERLAP : (plot.bottom - plot.top) * 0.9;
  return { apart, tall, baseline: (row) => plot.bottom - (rows - 1 - row) * apart };
}

interface Area {
  readonly plot: Plot;
  readonly base: number;
  readonly height: (share: number) => number;
  readonly color: string;
}

/** Erases what is behind a row of ridges. */
function cover(
  context: CanvasRenderingContext2D,
  all: readonly (Float64Array | undefined)[],
  { plot, base, height, color }: Area,
): void {
  const highest = new Float64Array(BINS);
  for (const shares of all) shares?.forEach((share, bin) => (highest[bin] = Math.max(highest[bin]!, share)));
  context.globalAlpha = 0.92;
  context.fillStyle = color;
  context.fill(pathOf(highest, { plot, base, height }));
  context.globalAlpha = 1;
}

function pathOf(shares: Float64Array, { plot, base, height }: Omit<Area, 'color'>): Path2D {
  const x = (bin: number) => plot.left + (bin / shares.length) * (plot.right - plot.left);
  const path = new Path2D();
  // Drawn as steps, because bins are what was counted: a smooth curve would invent values beside a narrow peak.
  path.moveTo(x(0), base);
  shares.forEach((share, bin) => {
    path.lineTo(x(bin), height(share));
    path.lineTo(x(bin + 1), height(share));
  });
  path.lineTo(x(shares.length), base);
  return path;
}

function outline(
  context: CanvasRenderingContext2D,
  shares: Float64Array,
  { dash, width = 1.5, ...area }: Area & { readonly dash: readonly number[]; readonly width?: number },
): void {
  const path = pathOf(shares, area);
  const { color } = area;
  context.globalAlpha = 0.22;
  context.fillStyle = color;
  context.fill(path);
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash([...dash]);
  context.stroke(path);
  context.setLineDash([]);
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** "1.2k" if there is no room for "1,200". */
function shortStep(step: number): string {
  return step >= 10_000 ? `${formatValue(Number((step / 1000).toPrecision(3)))}k` : formatStep(step);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** "means: data 2.03, model −0.2" */
function meansOf(all: readonly Drawn[], samples: readonly (HistogramSample | undefined)[]): string {
  const means = all.map(({ label: name }, i) => `${name} ${formatValue(round(samples[i] ? meanOf(samples[i]) : NaN))}`);
  return `means: ${means.join(', ')}`;
}

/** "2,000 values, mean 0.01, nine of ten from −1.6 to 1.7" */
function describe(sample: HistogramSample | undefined): string {
  if (sample === undefined) return 'nothing logged';
  const total = totalOf(sample);
  if (total === 0) return 'no values';
  const [low, high] = [0.05, 0.95].map((share) => formatValue(round(quantileOf(sample, share))));
  return `${formatStep(total)} values, mean ${formatValue(round(meanOf(sample)))}, nine of ten from ${low} to ${high}`;
}
