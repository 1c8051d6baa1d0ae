import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement, type Plugin } from 'chart.js';
import type { Theme } from './theme';
import type { Tick } from './ticks';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

/** A line to draw: already thinned to the chart's pixels. A NaN in `y` is a gap. */
export interface DrawnLine {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly color: string;
  readonly width: number;
  readonly dash: readonly number[];
  /** Draws a dot at every point; otherwise only at isolated points, which no line connects. */
  readonly dots: boolean;
}

/** Everything that a chart shows at one moment, in axis units. */
export interface Scene {
  readonly x: { readonly minimum: number; readonly maximum: number; readonly ticks: readonly Tick[] };
  readonly y: {
    readonly minimum: number;
    readonly maximum: number;
    readonly ticks: readonly Tick[];
    /** Added to every label of the y axis. */
    readonly offset: number;
  };
  readonly logarithmic: boolean;
  readonly lines: readonly DrawnLine[];
  /** Events of the run, drawn as dotted vertical lines. */
  readonly marks: readonly number[];
  readonly arrows: readonly Arrow[];
  /** Positions of values that cannot be drawn. */
  readonly gaps: readonly { readonly x: number; readonly color: string }[];
  readonly theme: Theme;
}

/** Positions where a curve leaves the range. */
export interface Arrow {
  readonly x: number;
  readonly above: boolean;
  readonly color: string;
}

interface Point {
  x: number;
  y: number;
}

/** The same for all charts whose labels fit, so that the crosshairs of a column of charts are aligned. */
const Y_AXIS_WIDTH = 46;
/** Gaps between the labels and the plot, and before the labels. */
const LABEL_AIR = 12;
/** Room for the last dot and for half of the last label of the x axis ("1:30 h"). */
const RIGHT_PADDING = 18;
const DOT_RADIUS = 2;

/** Draws scenes with chart.js, which gets no more points than it has pixels, and whose interaction is disabled. */
export class CanvasChart {
  private readonly chart: Chart<'line', Point[]>;
  private scene: Scene | undefined;
  private axisWidth = Y_AXIS_WIDTH;

  constructor(canvas: HTMLCanvasElement, onResize: () => void) {
    this.chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      plugins: [this.decorations()],
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        onResize,
        layout: { padding: { top: 8, right: RIGHT_PADDING } },
        elements: { point: { radius: 0 } },
        scales: {
          x: {
            type: 'linear',
            afterBuildTicks: (axis) => void (axis.ticks = this.tickValues('x')),
            ticks: { autoSkip: false, maxRotation: 0, callback: (_, index) => this.scene?.x.ticks[index]?.label ?? '' },
          },
          y: {
            type: 'linear',
            afterBuildTicks: (axis) => void (axis.ticks = this.tickValues('y')),
            afterFit: (axis) => void (axis.width = this.axisWidth),
            ticks: { autoSkip: false, callback: (_, index) => this.scene?.y.ticks[index]?.label ?? '' },
          },
        },
      },
    });
  }

  /** Width of the plot area in CSS pixels; 0 before layout. */
  get plotWidth(): number {
    return Math.max(0, this.chart.width - this.axisWidth - RIGHT_PADDING);
  }

  get height(): number {
    return this.chart.height;
  }

  /** The plot area in CSS pixels, from the canvas' top left corner. */
  get area(): { left: number; right: number; top: number; bottom: number } {
    return this.chart.chartArea;
  }

  draw(scene: Scene): void {
    this.scene = scene;
    const { theme } = scene;
    this.axisWidth = Math.max(Y_AXIS_WIDTH, Math.ceil(widest(this.chart.ctx, scene)) + LABEL_AIR);
    const scales = this.chart.options.scales!;
    const style = { border: { color: theme.grid }, grid: { color: theme.grid, tickLength: 4 } };
    const ticks = { color: theme.dim, font: { family: theme.font, size: LABEL_SIZE } };
    Object.assign(scales['x']!, style, { min: scene.x.minimum, max: scene.x.maximum });
    Object.assign(scales['y']!, style, {
      min: scene.y.minimum,
      max: scene.y.maximum,
      type: scene.logarithmic ? 'logarithmic' : 'linear',
    });
    Object.assign(scales['x']!.ticks!, ticks);
    Object.assign(scales['y']!.ticks!, ticks);
    this.chart.data.datasets = scene.lines.map((line) => ({
      data: points(line),
      borderColor: line.color,
      borderWidth: line.width,
      borderDash: [...line.dash],
      borderJoinStyle: 'round',
    }));
    this.chart.update('none');
  }

  xToPixel(x: number): number {
    return this.chart.scales['x']?.getPixelForValue(x) ?? NaN;
  }

  yToPixel(y: number): number {
    return this.chart.scales['y']?.getPixelForValue(y) ?? NaN;
  }

  pixelToX(pixel: number): number {
    return this.chart.scales['x']?.getValueForPixel(pixel) ?? NaN;
  }

  dispose(): void {
    this.chart.destroy();
  }

  private tickValues(axis: 'x' | 'y'): { value: number }[] {
    return (this.scene?.[axis].ticks ?? []).map(({ value }) => ({ value }));
  }

  /** Elements that chart.js does not offer: isolated points, events and positions of values that cannot be drawn. */
  private decorations(): Plugin<'line'> {
    return {
      id: 'decorations',
      afterDatasetsDraw: ({ ctx, chartArea }) => {
        const { scene } = this;
        if (!scene) return;
        ctx.save();
        ctx.beginPath();
        // Not clipped: a dot on the edge is drawn as a whole.
        const air = DOT_RADIUS + 2;
        const { left, right, top, bottom } = chartArea;
        ctx.rect(left - air, top - air, right - left + 2 * air, bottom - top + 2 * air);
        ctx.clip();
        for (const line of scene.lines) this.drawDots(ctx, line);
        ctx.strokeStyle = scene.theme.dim;
        ctx.lineWidth = 1;
        ctx.setLineDash([2, 3]);
        for (const mark of scene.marks) vertical(ctx, this.xToPixel(mark), chartArea.top, chartArea.bottom);
        ctx.setLineDash([]);
        ctx.lineWidth = 1.5;
        for (const { x, above, color } of scene.arrows) {
          arrow(ctx, this.xToPixel(x), above ? chartArea.top + 1 : chartArea.bottom - 1, above ? 1 : -1, color);
        }
        for (const { x, color } of scene.gaps) cross(ctx, this.xToPixel(x), chartArea.top + 5, color);
        ctx.restore();
      },
    };
  }

  private drawDots(ctx: CanvasRenderingContext2D, { x, y, color, dots }: DrawnLine): void {
    ctx.fillStyle = color;
    for (let i = 0; i < y.length; i++) {
      const value = y[i]!;
      if (Number.isNaN(value)) continue;
      const joined = !Number.isNaN(y[i - 1] ?? NaN) || !Number.isNaN(y[i + 1] ?? NaN);
      if (joined && !dots) continue;
      ctx.beginPath();
      ctx.arc(this.xToPixel(x[i]!), this.yToPixel(value), DOT_RADIUS, 0, 2 * Math.PI);
      ctx.fill();
    }
  }
}

const LABEL_SIZE = 11;

function widest(ctx: CanvasRenderingContext2D, { y, theme }: Scene): number {
  ctx.save();
  ctx.font = `${LABEL_SIZE}px ${theme.font}`;
  const width = Math.max(0, ...y.ticks.map(({ label }) => ctx.measureText(label).width));
  ctx.restore();
  return width;
}

function points({ x, y }: DrawnLine): Point[] {
  const out = new Array<Point>(x.length);
  for (let i = 0; i < x.length; i++) out[i] = { x: x[i]!, y: y[i]! };
  return out;
}

function vertical(ctx: CanvasRenderingContext2D, x: number, top: number, bottom: number): void {
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  ctx.stroke();
}

/** A triangle with its tip at `y`, whose base faces the curve. */
function arrow(ctx: CanvasRenderingContext2D, x: number, y: number, towards: 1 | -1, color: string): void {
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - 4, y + 7 * towards);
  ctx.lineTo(x + 4, y + 7 * towards);
  ctx.fill();
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number, color: string): void {
  ctx.strokeStyle = color;
  ctx.beginPath();
  ctx.moveTo(x - 3, y - 3);
  ctx.lineTo(x + 3, y + 3);
  ctx.moveTo(x - 3, y + 3);
  ctx.lineTo(x + 3, y - 3);
  ctx.stroke();
}
