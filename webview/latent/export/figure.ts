import type { Theme } from '../../shared/theme';
import { linearTicks } from '../../shared/ticks';
import { Camera } from '../points/camera';
import { MarksPainter } from '../points/marks';
import type { Seen } from '../points/scatter';
import { signsOf } from '../stage/marksLegend';
import { fromPlane, toPlane, type PlaneFrame } from '../projections/plane';

/** Title, legend and axes of the figure. */
export interface Caption {
  readonly title: string;
  readonly facts: string;
  /** The shown classes and the colors of their points. */
  readonly classes: readonly { readonly name: string; readonly color: string }[];
  readonly axes: readonly [x: string, y: string];
  /** Maps the projection's coordinates to the plane; undefined if they mean nothing, as those of a map. */
  readonly scale: PlaneFrame | undefined;
}

/** Pixels of the file per pixel of the figure. */
const SCALE = 2;
const [LEAST_WIDTH, MOST_WIDTH] = [640, 1600];
const [LEFT, RIGHT, BOTTOM, TOP] = [58, 18, 50, 66];
const LEGEND_ROW = 20;
/** Pixels of a class's dot, up to its name. */
const CLASS_SIGN = 15;
const LONGEST_NAME = 32;
const PIXELS_A_TICK = 90;

/** The visible map as a figure with title, legend and axes, at twice the resolution. */
export async function figure(seen: Seen, caption: Caption, theme: Theme): Promise<Uint8Array> {
  const width = Math.round(Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, seen.camera.width)));
  const canvas = new OffscreenCanvas(1, 1);
  const context = contextOf(canvas);
  context.font = `12px ${theme.font}`;
  const room = { width: width - LEFT - RIGHT, measure: (text: string) => context.measureText(text).width };
  const classes = rowsOf(
    caption.classes.map((each) => ({ ...each, sign: CLASS_SIGN })),
    room,
  );
  const marks = rowsOf(signsOf(seen.marks), room);
  const marksTop = TOP + LEGEND_ROW * rowCount(classes);
  const top = marksTop + LEGEND_ROW * rowCount(marks) + (classes.length + marks.length > 0 ? 6 : 0);
  const camera = cameraFor(seen.camera, width - LEFT - RIGHT);
  [canvas.width, canvas.height] = [SCALE * width, Math.round(SCALE * (top + camera.height + BOTTOM))];
  context.scale(SCALE, SCALE);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, top + camera.height + BOTTOM);
  context.textBaseline = 'middle';
  write(context, caption.title, LEFT, 24, `600 15px ${theme.font}`, theme.foreground, width - LEFT - RIGHT);
  write(context, caption.facts, LEFT, 46, `12px ${theme.font}`, theme.dim, width - LEFT - RIGHT);
  const legendFont = `12px ${theme.font}`;
  for (const { x, row, name, color } of classes) {
    const y = TOP + 8 + row * LEGEND_ROW;
    context.fillStyle = color;
    context.beginPath();
    context.arc(LEFT + x + 5, y, 4.5, 0, 2 * Math.PI);
    context.fill();
    write(context, name, LEFT + x + CLASS_SIGN, y, legendFont, theme.foreground);
  }
  const signs = new MarksPainter(context, { scale: 1, toScreen: (place) => place }, theme);
  for (const { x, row, name, sign, at } of marks) {
    const y = marksTop + 8 + row * LEGEND_ROW;
    signs.draw(at({ x: LEFT + x + 9, y }));
    context.textAlign = 'left';
    write(context, name, LEFT + x + sign, y, legendFont, theme.foreground);
  }
  context.save();
  context.translate(LEFT, top);
  drawAxes(context, camera, caption, theme);
  context.beginPath();
  context.rect(0, 0, camera.width, camera.height);
  context.clip();
  drawPoints(context, camera, seen);
  new MarksPainter(context, camera, theme).draw(seen.marks);
  context.restore();
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}

/** A camera of another width with the same part of the plane. */
function cameraFor({ x, y, zoom, width, height }: Camera, wanted: number): Camera {
  const camera = new Camera();
  camera.resize(wanted, Math.min(wanted * 1.5, Math.max(wanted * 0.5, (wanted * height) / width)));
  return Object.assign(camera, { x, y, zoom });
}

type Placed<T> = T & { readonly x: number; readonly row: number };

/** @param items with the width of the sign before each name, in pixels */
function rowsOf<T extends { readonly name: string; readonly sign: number }>(
  items: readonly T[],
  { width, measure }: { readonly width: number; readonly measure: (text: string) => number },
): Placed<T>[] {
  let [x, row] = [0, 0];
  return items.map((item) => {
    const whole = item.name;
    const name = whole.length > LONGEST_NAME ? `${whole.slice(0, LONGEST_NAME - 1)}…` : whole;
    const needed = item.sign + measure(name) + 16;
    if (x > 0 && x + needed > width) [x, row] = [0, row + 1];
    const placed = { ...item, name, x, row };
    x += needed;
    return placed;
  });
}

const rowCount = (placed: readonly Placed<unknown>[]) => (placed.at(-1)?.row ?? -1) + 1;

/** The frame with the names of the axes, and ticks if their numbers mean something. */
function drawAxes(
  context: OffscreenCanvasRenderingContext2D,
  camera: Camera,
  { axes: [x, y], scale }: Caption,
  theme: Theme,
): void {
  const { width, height } = camera;
  context.strokeStyle = theme.dim;
  context.globalAlpha = 0.6;
  context.lineWidth = 1;
  context.strokeRect(0, 0, width, height);
  context.globalAlpha = 1;
  const font = `11px ${theme.font}`;
  if (scale) {
    const low = fromPlane(scale, camera.toPlane({ x: 0, y: height }));
    const high = fromPlane(scale, camera.toPlane({ x: width, y: 0 }));
    for (const axis of ['x', 'y'] as const) {
      const across = axis === 'x';
      context.textAlign = across ? 'center' : 'right';
      for (const { value, label } of linearTicks(low[axis], high[axis], (across ? width : height) / PIXELS_A_TICK)) {
        const at = camera.toScreen(toPlane(scale, { x: value, y: value }))[axis];
        context.fillStyle = theme.dim;
        if (across) context.fillRect(at - 0.5, height, 1, 4);
        else context.fillRect(-4, at - 0.5, 4, 1);
        write(context, label, across ? at : -8, across ? height + 14 : at, font, theme.dim);
      }
    }
  }
  context.textAlign = 'center';
  write(context, x, width / 2, height + (scale ? 34 : 18), `12px ${theme.font}`, theme.foreground);
  context.save();
  context.translate(scale ? -44 : -16, height / 2);
  context.rotate(-Math.PI / 2);
  write(context, y, 0, 0, `12px ${theme.font}`, theme.foreground);
  context.restore();
  context.textAlign = 'left';
}

/** Draws one disc per color and opacity, and copies it for each point. */
function drawPoints(
  context: OffscreenCanvasRenderingContext2D,
  camera: Camera,
  { positions, colors, size }: Seen,
): void {
  const discs = new Map<number, OffscreenCanvas>();
  const side = size + 2;
  for (let i = 0; i < positions.length / 2; i++) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = colors.subarray(4 * i, 4 * i + 4);
    if (alpha === 0) continue;
    const { x, y } = camera.toScreen({ x: positions[2 * i]!, y: positions[2 * i + 1]! });
    if (x < -side || y < -side || x > camera.width + side || y > camera.height + side) continue;
    const key = ((red * 256 + green) * 256 + blue) * 256 + alpha;
    let disc = discs.get(key);
    if (!disc) discs.set(key, (disc = discOf(`rgba(${red}, ${green}, ${blue}, ${alpha / 255})`, size, side)));
    context.drawImage(disc, x - side / 2, y - side / 2, side, side);
  }
}

function discOf(color: string, size: number, side: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(Math.ceil(SCALE * side), Math.ceil(SCALE * side));
  const context = contextOf(canvas);
  context.fillStyle = color;
  context.beginPath();
  context.arc(canvas.width / 2, canvas.height / 2, (SCALE * size) / 2, 0, 2 * Math.PI);
  context.fill();
  return canvas;
}

function write(
  context: OffscreenCanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  font: string,
  color: string,
  most?: number,
): void {
  context.font = font;
  context.fillStyle = color;
  context.fillText(text, x, y, most);
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The figure cannot be drawn: the page got no canvas.');
  return context;
}
