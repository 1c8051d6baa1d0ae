import type { LatentAnswer } from '../../../src/protocol/latent';
import { formatStep } from '../../shared/format';
import { floats } from '../host/bytes';
import type { LatentHost } from '../host/latentHost';
import { vectors, type Vectors } from '../maths/vectors';
import type { PointSet } from './pointSet';

/** Latents of the points for one state of the weights. */
export interface Encoding {
  readonly step: number;
  /** Step of the first points: a live run trains between requests, so that the last points are of {@link step}. */
  readonly first: number;
  readonly latents: Vectors;
  /** Log-variances of q(z|x), as [count, latent]; absent if the encoder is deterministic. */
  readonly logVariances?: Float32Array;
  /** What a model of points decodes the latents to, [count, size]; absent for a model of images. */
  readonly generated?: Vectors;
}

/** "step 300", or "steps 300 to 310" if a live run trained between requests. */
export function stepsOf({ first, step }: Pick<Encoding, 'first' | 'step'>): string {
  return first === step ? `step ${formatStep(step)}` : `steps ${formatStep(first)} to ${formatStep(step)}`;
}

/** Rows per request, few enough for frequent progress and quick cancellation. */
export const ROWS_A_REQUEST = 2_000;
/** A multiple of every model's encoder batch. */
const LEAST_ROWS = 250;
/** Limit of an answer, which fits a socket's buffer, so that no request of a drag is queued behind it. */
const ANSWER_BYTES = 160 * 1024;

/** Output of an encoder per point: `latent` means and, with `variance`, as many log-variances. */
export interface Encoder {
  readonly latent: number;
  readonly variance: boolean;
}

/** Number of points per request. */
export function rowsARequest({ latent, variance }: Encoder): number {
  const rows = ANSWER_BYTES / (4 * latent * (variance ? 2 : 1));
  return Math.min(ROWS_A_REQUEST, LEAST_ROWS * Math.max(1, Math.floor(rows / LEAST_ROWS)));
}
/** Limits the memory that an answer may claim: more numbers than our models have for 70,000 points. */
export const MOST_NUMBERS = 64 * 1024 * 1024;

/**
 * Encodes the points.
 * @param at step of the checkpoint whose weights encode; undefined for the newest
 * @param progress receives the number of encoded points
 * @throws RequestError if the model refuses, or `signal` cancels the request
 */
export async function encode(
  host: LatentHost,
  points: PointSet,
  encoder: Encoder,
  at: number | undefined,
  progress: (done: number) => void,
  signal: AbortSignal,
): Promise<Encoding> {
  const { latent, variance } = encoder;
  if (points.count * latent > MOST_NUMBERS) throw new RangeError(`${points.count} × ${latent} latents are too many.`);
  const means = new Float32Array(points.count * latent);
  const logVariances = variance ? new Float32Array(points.count * latent) : undefined;
  let first: number | undefined;
  let step = at ?? 0;
  for (const { set, row, index, count } of points.ranges(0, points.count, rowsARequest(encoder))) {
    const answer = await host.request('encode', { set, from: row, count, at }, { signal });
    const part = latentsOf(answer);
    if (part.latents.count !== count || part.latents.dimensions !== latent) {
      throw new RangeError('The answer has an unexpected shape.');
    }
    means.set(part.latents.data, index * latent);
    if (part.logVariances) logVariances?.set(part.logVariances, index * latent);
    step = part.step;
    first ??= step;
    progress(index + count);
  }
  return { first: first ?? step, step, latents: vectors(means, latent), logVariances };
}

/** Decodes the latents of an answer, or those that a live run sent. */
export function latentsOf({
  value: { step, count, latent, variance },
  body,
}: LatentAnswer<'encode' | 'encodeImages'>): Encoding {
  const size = count * latent;
  return {
    first: step,
    step,
    latents: vectors(floats(body, 0, size), latent),
    logVariances: variance ? floats(body, size, size) : undefined,
  };
}
