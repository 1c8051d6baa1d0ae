import type { LoggedTensor } from '../../../src/protocol/logs';
import { plural } from '../../../src/common/plural';
import { formatStep, formatValue } from '../../shared/format';
import { finiteRange, type LayerData } from './planeData';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The point nearest to a position, within `reach`. */
export function nearestPoint({ shape, values }: LoggedTensor, { x, y }: Place, reach: number): number | undefined {
  const [count = 0, parts = 2] = shape;
  let found: number | undefined;
  let least = reach * reach;
  for (let i = 0; i < count; i++) {
    const distance = (values[i * parts]! - x) ** 2 + (values[i * parts + 1]! - y) ** 2;
    if (distance <= least) [found, least] = [i, distance];
  }
  return found;
}

/** "data 12 (versicolor): 0.4, −1.2" */
export function pointText({ layer, tensor }: LayerData, index: number): string {
  const parts = tensor!.shape[1]!;
  const [x, y, group] = [0, 1, 2].map((part) => (part < parts ? tensor!.values[index * parts + part]! : NaN));
  const names = layer.kind === 'points' ? layer.classes : undefined;
  const name = Number.isInteger(group) ? (names?.[group!] ?? `class ${group!}`) : undefined;
  const place = [x!, y!].map((value) => formatValue(Number(value.toPrecision(3)))).join(', ');
  return `${layer.label} ${formatStep(index)}${name === undefined ? '' : ` (${name})`}: ${place}`;
}

/** A field's value at a position: that of the cell around it; undefined outside. */
export function valueAt({ layer, tensor }: LayerData, { x, y }: Place): number | undefined {
  if (layer.kind !== 'field' || tensor === undefined) return undefined;
  const [rows = 0, columns = 0] = tensor.shape;
  const column = Math.floor(((x - layer.x[0]) / (layer.x[1] - layer.x[0])) * columns);
  const row = Math.floor(((y - layer.y[0]) / (layer.y[1] - layer.y[0])) * rows);
  if (column < 0 || row < 0 || column >= columns || row >= rows) return undefined;
  return tensor.values[row * columns + column];
}

/** "data: 2,000 points in 3 classes", "density: 0 to 0.31" */
export function describeLayer({ layer, tensor }: LayerData): string {
  const { shape, values } = tensor!;
  const count = shape[0] ?? 0;
  switch (layer.kind) {
    case 'points':
      return `${layer.label}: ${plural(count, 'point', undefined, formatStep(count))}${lost(tensor!)}`;
    case 'arrows':
      return `${layer.label}: ${plural(count, 'arrow', undefined, formatStep(count))}`;
    case 'grid':
      return `${layer.label}: mesh of ${formatStep(count)} × ${formatStep(shape[1] ?? 0)}`;
    case 'field': {
      const range = finiteRange(values);
      if (range === undefined) return `${layer.label}: no finite values`;
      return `${layer.label}: ${[range.lowest, range.highest].map((value) => formatValue(Number(value.toPrecision(3)))).join(' to ')}`;
    }
  }
}

/** Points without a finite position are invisible, so their number is stated. */
function lost({ shape, values }: LoggedTensor): string {
  const [count = 0, parts = 2] = shape;
  let broken = 0;
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(values[i * parts]!) || !Number.isFinite(values[i * parts + 1]!)) broken++;
  }
  return broken === 0 ? '' : `, ${formatStep(broken)} not finite`;
}
