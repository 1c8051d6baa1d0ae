import type { LoggedTensor } from '../../../src/protocol/logs';
import type { PlaneLayer } from '../../../src/protocol/panels';
import type { Interval } from './interval';

/** The content of a layer at a step: its values, or the reason why there are none, for users. */
export interface LayerData {
  readonly layer: PlaneLayer;
  readonly tensor?: LoggedTensor;
  readonly problem?: string;
}

export interface Bounds {
  readonly x: Interval;
  readonly y: Interval;
}

/** A sample large enough to find the range of nearly all points. */
const MOST_SAMPLED = 4000;
/** The fraction of points on each side that is ignored for the visible range if it is far away. */
const OUTSIDE = 0.005;

/** Checks that the layer's values have the shape of its kind. */
export function checked(layer: PlaneLayer, tensor: LoggedTensor): LayerData {
  const problem = `“${layer.label}” cannot be drawn: its values are of shape [${tensor.shape.slice(0, 8).join(', ')}]`;
  const { shape } = tensor;
  switch (layer.kind) {
    case 'points':
      if (shape.length === 2 && (shape[1] === 2 || shape[1] === 3)) return { layer, tensor };
      return { layer, problem: `${problem}, not [points, 2 or 3].` };
    case 'arrows':
      if (shape.length === 2 && shape[1] === 4) return { layer, tensor };
      return { layer, problem: `${problem}, not [arrows, 4].` };
    case 'grid':
      if (shape.length === 3 && shape[2] === 2) return { layer, tensor };
      return { layer, problem: `${problem}, not [rows, columns, 2].` };
    case 'field':
      if (!ascends(layer.x) || !ascends(layer.y)) {
        return { layer, problem: `“${layer.label}” cannot be drawn: the ends of its axes do not ascend.` };
      }
      if (shape.length === 2) return { layer, tensor };
      return { layer, problem: `${problem}, not [rows, columns].` };
  }
}

function ascends([low, high]: readonly [number, number]): boolean {
  return Number.isFinite(low) && Number.isFinite(high) && low < high;
}

/** The bounding range of the layers; undefined if no position is finite. */
export function boundsOf(layers: readonly LayerData[]): Bounds | undefined {
  const all = layers.flatMap((data) => boundsOfLayer(data) ?? []);
  if (all.length === 0) return undefined;
  const union = (axis: 'x' | 'y') => ({
    lowest: Math.min(...all.map((bounds) => bounds[axis].lowest)),
    highest: Math.max(...all.map((bounds) => bounds[axis].highest)),
  });
  return { x: union('x'), y: union('y') };
}

function boundsOfLayer({ layer, tensor }: LayerData): Bounds | undefined {
  if (tensor === undefined) return undefined;
  if (layer.kind === 'field') {
    return { x: { lowest: layer.x[0], highest: layer.x[1] }, y: { lowest: layer.y[0], highest: layer.y[1] } };
  }
  const { values, shape } = tensor;
  const width = shape.at(-1)!;
  const [x, y] = [0, 1].map((part) => extent(values, width, part, layer.kind === 'arrows' ? part + 2 : undefined));
  return x && y && { x, y };
}

/**
 * The range of nearly all of the numbers in a column.
 * @param added a column that is added to it for a second position of each
 */
function extent(values: Float32Array, width: number, part: number, added?: number): Interval | undefined {
  const rows = Math.floor(values.length / width);
  const stride = Math.max(1, Math.floor(rows / MOST_SAMPLED));
  const places: number[] = [];
  for (let row = 0; row < rows; row += stride) {
    const place = values[row * width + part]!;
    if (Number.isFinite(place)) places.push(place);
    const end = added === undefined ? NaN : place + values[row * width + added]!;
    if (Number.isFinite(end)) places.push(end);
  }
  if (places.length === 0) return undefined;
  places.sort((a, b) => a - b);
  const last = places.length - 1;
  const [least, most] = [places[0]!, places[last]!];
  const [low, high] = [places[Math.round(last * OUTSIDE)]!, places[Math.round(last * (1 - OUTSIDE))]!];
  const reach = high - low;
  return {
    lowest: low - least > reach ? low : least,
    highest: most - high > reach ? high : most,
  };
}

/** The smallest and the largest finite value; undefined if there is none. */
export function finiteRange(values: Float32Array): Interval | undefined {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return lowest <= highest ? { lowest, highest } : undefined;
}
