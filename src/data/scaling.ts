import type { Scaling, TrainingExamples } from '../engine/program';
import { uniforms } from '../engine/random/philox';
import type { DataSpecification } from '../protocol/specification';
import type { ExampleSet, Split } from './exampleSet';
import { isStored } from './rows';

export type Binarization = DataSpecification['binarization'];

/** Larger data sets are kept neither in memory, if they can be read from a file, nor in the backend's memory; otherwise a step only uploads the indices of its rows. */
export const MOST_RESIDENT_BYTES = 2 ** 30;

/** Streams of Philox, far from the small numbers used by models. */
const STREAM: Record<Split, number> = { train: 0x4000_0000, test: 0x8000_0000 };
/** "static" is one fixed data set, independent of the training seed, so that runs can be compared. */
const STATIC_SEED = 0;
const UNIT = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** How examples are scaled for a model, and which random draw that uses. */
export interface ScalingKey {
  readonly scaling: Scaling;
  readonly binarization: Binarization;
  readonly seed: number;
  readonly split: Split;
}

/**
 * The training data of a program. Bytes are those of the data set or, if binarized statically, 0 and 255, drawn once;
 * other draws are repeated at each step. For a data set that is too large to be kept in the backend's memory, the
 * program receives the values before scaling (`PrefetchedBatches`).
 *
 * @param shape of one example
 */
export function trainingExamples(
  set: ExampleSet,
  shape: readonly number[],
  binarization: Binarization,
  scaling: Scaling,
): TrainingExamples {
  const examples = { shape: [set.count, ...shape], scaling: drawnScaling(binarization, scaling) };
  const { values } = set;
  if (isStored(values) || values.byteLength > MOST_RESIDENT_BYTES) return examples;
  return { ...examples, values: binarization === 'static' ? staticBytes(set, values) : values };
}

/**
 * Images that are binarized at each step are scaled by that draw; images that were binarized once need no further
 * scaling.
 */
function drawnScaling(binarization: Binarization, scaling: Scaling): Scaling {
  if (binarization === 'dynamic') return 'binary';
  return binarization === 'static' && scaling === 'binary' ? 'unit' : scaling;
}

function staticBytes({ count, split }: ExampleSet, values: Uint8Array | Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  const size = values.length / count;
  const drawn = new Float32Array(size);
  for (let row = 0; row < count; row++) {
    const example = exampleAt(values, row, size);
    writeBinary(example, uniformsFor(STATIC_SEED, split, row), drawn, 0);
    for (let i = 0; i < size; i++) bytes[row * size + i] = drawn[i]! * 255;
  }
  return bytes;
}

export function exampleAt<Values extends Uint8Array | Float32Array>(values: Values, row: number, size: number): Values {
  return values.subarray(row * size, (row + 1) * size) as Values;
}

/** An example before scaling: bytes as numbers in [0, 1], numbers unchanged, drawn once if binarized statically. */
export function writeUnscaled(
  { binarization, split }: Pick<ScalingKey, 'binarization' | 'split'>,
  row: number,
  example: Uint8Array | Float32Array,
  out: Float32Array,
  offset: number,
): void {
  if (binarization === 'static') writeBinary(example, uniformsFor(STATIC_SEED, split, row), out, offset);
  else writeUnit(example, out, offset);
}

/** Writes one example, scaled for a model, into `out` from `offset` on. A pure function of its arguments. */
export function writeExample(
  key: ScalingKey,
  row: number,
  example: Uint8Array | Float32Array,
  out: Float32Array,
  offset: number,
): void {
  const scaling = drawnScaling(key.binarization, key.scaling);
  if (scaling === 'binary') return writeBinary(example, uniformsFor(key.seed, key.split, row), out, offset);
  writeUnscaled(key, row, example, out, offset);
  const end = offset + example.length;
  if (scaling === 'signed') {
    for (let i = offset; i < end; i++) out[i] = 2 * out[i]! - 1;
  } else if (scaling === 'dequantized') {
    const draws = uniforms(example.length, key.seed, STREAM[key.split], row);
    for (let i = offset; i < end; i++) out[i] = (255 * out[i]! + draws[i - offset]!) / 256;
  }
}

/** Values in [0, 1] as scaled for a model, without random draws, for use when images are shown. */
export function toModel(scaling: Scaling, unit: number): number {
  if (scaling === 'signed') return 2 * unit - 1;
  return scaling === 'dequantized' ? (255 * unit + 0.5) / 256 : unit;
}

/** The inverse, for showing a model's values: in [0, 1] if the model keeps to its range. */
export function fromModel(scaling: Scaling, value: number): number {
  return scaling === 'signed' ? (value + 1) / 2 : value;
}

function writeUnit(example: Uint8Array | Float32Array, out: Float32Array, offset: number): void {
  if (example instanceof Float32Array) out.set(example, offset);
  else for (let i = 0; i < example.length; i++) out[offset + i] = UNIT[example[i]!]!;
}

/**
 * Each pixel as 1 with the probability of its intensity, else 0.
 *
 * Random numbers are drawn only for pixels that are neither black nor white, in order: on MNIST that is less than one
 * in five, and a batch of 128 takes half the time.
 */
function writeBinary(
  example: Uint8Array | Float32Array,
  draw: (count: number) => Float32Array,
  out: Float32Array,
  offset: number,
): void {
  writeUnit(example, out, offset);
  let undecided = 0;
  for (let i = offset; i < offset + example.length; i++) if (out[i]! > 0 && out[i]! < 1) undecided++;
  const draws = draw(undecided);
  let next = 0;
  for (let i = offset; i < offset + example.length; i++) {
    const intensity = out[i]!;
    if (intensity > 0 && intensity < 1) out[i] = draws[next++]! < intensity ? 1 : 0;
  }
}

function uniformsFor(seed: number, split: Split, row: number): (count: number) => Float32Array {
  return (count) => uniforms(count, seed, STREAM[split], row);
}
