import type { Slices } from '../../common/slices';
import { examplesOf, type ExampleSet } from '../../data';
import type { HostTensor } from '../../engine/program';
import type { LatentSpace, Model } from '../../models/model';
import { exampleSize } from '../../protocol/dataShape';
import { refusedOf } from '../errors/refused';
import type { Examples } from './samples';
import type { Workbench } from './workbench';

export interface Latents {
  /** Means of q(z|x), or codes: [count, latent] */
  readonly means: Float32Array;
  /** log σ² of q(z|x), where it is Gaussian: [count, latent] */
  readonly logVariances?: Float32Array;
  readonly count: number;
  readonly latent: number;
}

/** Examples of a data set that are next to each other; read batch by batch, as they may not fit into memory. */
export interface ExampleRange {
  readonly set: ExampleSet;
  readonly from: number;
  readonly count: number;
}

/**
 * Encodes examples [count, …] as a data set stores them. Throws RefusedError for a family without an encoder.
 *
 * @param labels of a model that takes them: [count]
 */
export function* encode(
  workbench: Workbench,
  given: Uint8Array | Float32Array | ExampleRange,
  labels?: ArrayLike<number>,
): Slices<Latents> {
  const { latent, function: name } = encoderOf(workbench.model);
  const size = exampleSize(workbench.shape);
  const range: ExampleRange = ArrayBuffer.isView(given) ? inMemory(given, size) : given;
  const count = Math.max(0, Math.min(range.count, range.set.count - range.from));
  const means = new Float32Array(count * latent);
  let logVariances: Float32Array | undefined;
  // One array for all batches: a data set would leave gigabytes behind. Rows beyond the last example hold others, whose
  // latents are not read.
  let examples = new Float32Array(0);
  for (let done = 0, rows = 0; done < count; done += rows) {
    const batch = workbench.encodeBatch; // it may be made smaller meanwhile
    rows = Math.min(batch, count - done);
    if (examples.length !== batch * size) examples = new Float32Array(batch * size);
    const values = examplesOf(range.set, range.from + done, rows);
    const take = workbench.takes(values);
    for (let i = 0; i < rows * size; i++) examples[i] = take(values[i]!);
    const offered = { examples, labels: labelsOf(labels, done, rows, batch) };
    const { mean, logVariance } = workbench.call(name, offered);
    means.set(firstRows(mean!, rows * latent), done * latent);
    if (logVariance !== undefined) {
      logVariances ??= new Float32Array(count * latent);
      logVariances.set(firstRows(logVariance, rows * latent), done * latent);
    }
    yield;
  }
  return { means, logVariances, count, latent };
}

function inMemory(values: Uint8Array | Float32Array, size: number): ExampleRange {
  const count = values.length / size;
  return { set: { split: 'test', count, values }, from: 0, count };
}

/** Decodes latents [count, latent]. Throws RefusedError for a family without a decoder. */
export function* decode(workbench: Workbench, latents: Float32Array, labels?: ArrayLike<number>): Slices<Examples> {
  const { count: batch, latent, function: name } = decoderOf(workbench.model);
  const size = exampleSize(workbench.shape);
  const count = latents.length / latent;
  const data = new Float32Array(count * size);
  for (let done = 0; done < count; done += batch) {
    const rows = Math.min(batch, count - done);
    const latentBatch = new Float32Array(batch * latent);
    latentBatch.set(latents.subarray(done * latent, (done + rows) * latent));
    const { examples } = workbench.call(name, { latent: latentBatch, labels: labelsOf(labels, done, rows, batch) });
    data.set(firstRows(examples!, rows * size), done * size);
    yield;
  }
  return { data: workbench.shown(data), count, shape: workbench.shape };
}

type Encoder = NonNullable<LatentSpace['encode']> & { readonly latent: number };
type Decoder = NonNullable<LatentSpace['decode']> & { readonly latent: number };

/** Throws RefusedError for a family without an encoder. */
export function encoderOf(model: Model): Encoder {
  const { latent } = model;
  if (latent?.encode !== undefined) return { ...latent.encode, latent: latent.size };
  throw refusedOf(model, 'have no encoder');
}

/** Throws RefusedError for a family without a decoder. */
export function decoderOf(model: Model): Decoder {
  const { latent } = model;
  if (latent?.decode !== undefined) return { ...latent.decode, latent: latent.size };
  throw refusedOf(model, 'have no decoder');
}

/** Of some rows, filled up to a batch; undefined where there are none, which a model that takes none does not mind. */
function labelsOf(labels: ArrayLike<number> | undefined, from: number, rows: number, batch: number) {
  if (labels === undefined) return undefined;
  return Int32Array.from({ length: batch }, (_, row) => (row < rows ? labels[from + row]! : 0));
}

function firstRows({ data }: HostTensor, length: number): Float32Array {
  return (data as Float32Array).subarray(0, length);
}
