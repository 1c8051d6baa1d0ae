import path from 'node:path';
import { csvLine, shortFloat } from '../common/csv';
import { streamNpz, type StreamedArray } from '../formats/npy';
import { UsageError } from './usageError';

/** Consecutive samples as numbers. */
export interface SamplesPart {
  readonly count: number;
  /** [count, …], images with values in [0, 1] */
  readonly samples: Float32Array;
  /** z of each, [count, latent] */
  readonly latents?: Float32Array;
  /** [count] */
  readonly labels?: Int32Array;
}

/** All samples of a draw, part by part. */
export interface DrawnNumbers {
  readonly step: number;
  readonly total: number;
  /** Of one sample. */
  readonly shape: readonly number[];
  /** Numbers of one z. */
  readonly latent?: number;
  readonly labeled: boolean;
  readonly parts: AsyncIterable<SamplesPart>;
}

type Writer = (drawn: DrawnNumbers) => AsyncIterable<Uint8Array | string>;

const NUMBERS: Readonly<Record<string, Writer>> = { '.npz': npz, '.csv': csv };

/** How the file of that name holds numbers; undefined for a picture. Throws {@link UsageError} for any other name. */
export function numbersWriter(out: string): Writer | undefined {
  const extension = path.extname(out).toLowerCase();
  if (extension === '.png') return undefined;
  const writer = Object.hasOwn(NUMBERS, extension) ? NUMBERS[extension] : undefined;
  if (writer !== undefined) return writer;
  throw new UsageError(
    `${out}: samples go to a picture, --out FILE.png, or as numbers to --out FILE.npz (for NumPy) or --out FILE.csv`,
  );
}

/** `samples` first, as they come; meanwhile the others are collected, which are small beside them. */
function npz({ step, total, shape, latent, labeled, parts }: DrawnNumbers): AsyncIterable<Uint8Array> {
  const latents = latent === undefined ? undefined : new Float32Array(total * latent);
  const labels = labeled ? new Int32Array(total) : undefined;
  async function* samples() {
    let at = 0;
    for await (const part of parts) {
      if (part.latents) latents?.set(part.latents, at * latent!);
      if (part.labels) labels?.set(part.labels, at);
      at += part.count;
      yield part.samples;
    }
  }
  const arrays: Record<string, StreamedArray> = {
    samples: { shape: [total, ...shape], type: 'float32', values: samples() },
    ...(latents && { z: { shape: [total, latent!], type: 'float32', values: [latents] } }),
    ...(labels && { labels: { shape: [total], type: 'int32', values: [labels] } }),
    step: { shape: [1], type: 'int32', values: [Int32Array.of(step)] },
  };
  return streamNpz(arrays);
}

/** A row a sample: its label, where it was drawn of one, and its numbers, those of images row by row. */
async function* csv({ shape, labeled, parts }: DrawnNumbers): AsyncGenerator<string> {
  const size = shape.reduce((product, length) => product * length, 1);
  const numbers = Array.from({ length: size }, (_, axis) => `x${axis + 1}`);
  yield csvLine([...(labeled ? ['label'] : []), ...numbers]);
  for await (const { count, samples, labels } of parts) {
    for (let row = 0; row < count; row++) {
      const values = Array.from(samples.subarray(row * size, (row + 1) * size), shortFloat);
      yield csvLine(labels ? [labels[row]!, ...values] : values);
    }
  }
}
