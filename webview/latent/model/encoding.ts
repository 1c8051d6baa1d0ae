import type { LatentAnswer } from '../../../src/protocol/latent';
import { formatStep } from '../../shared/format';
import { floats } from '../host/bytes';
import type { LatentHost } from '../host/latentHost';
import { vectors, type Vectors } from '../maths/vectors';
import type { PointSet } from './pointSet';

/** The points' latents as one state of the weights gives them. */
export interface Encoding {
  readonly step: number;
  /** A run continues while it encodes: the first points are then of this step, the last of {@link step}. */
  readonly first: number;
  readonly latents: Vectors;
  /** Of q(z|x), as [count, latent]; absent where the encoder gives no distribution. */
  readonly logVariances?: Float32Array;
}

/** A run continues while it encodes or decodes, so that what it gives is of several steps: "step 300", "steps 300 to 310". */
export function stepsOf({ first, step }: Pick<Encoding, 'first' | 'step'>): string {
  return first === step ? `step ${formatStep(step)}` : `steps ${formatStep(first)} to ${formatStep(step)}`;
}

/** Rows of a request: short enough that progress is seen and a cancellation soon noticed. */
export const ROWS_A_REQUEST = 2_000;
/** Models encode so many at a time, or a divisor of it. */
const LEAST_ROWS = 250;
/** Of an answer: a socket takes so much at once, and a point that is dragged then waits behind nothing. */
const ANSWER_BYTES = 160 * 1024;

/** What an encoder gives for each point: `latent` means and, with `variance`, as many log-variances. */
export interface Encoder {
  readonly latent: number;
  readonly variance: boolean;
}

/** How many points are encoded with one request. */
export function rowsARequest({ latent, variance }: Encoder): number {
  const rows = ANSWER_BYTES / (4 * latent * (variance ? 2 : 1));
  return Math.min(ROWS_A_REQUEST, LEAST_ROWS * Math.max(1, Math.floor(rows / LEAST_ROWS)));
}
/** More numbers than any model of ours has for 70,000 points; what an answer claims is not to be trusted with memory. */
export const MOST_NUMBERS = 64 * 1024 * 1024;

/**
 * Encodes the points.
 * @param at step of the checkpoint whose weights do it; the newest without one
 * @param progress gets the number of points that are encoded
 * @throws RequestError where the model refuses, or `signal` cancelled it
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
      throw new RangeError('The answer does not have the shape that was asked for.');
    }
    means.set(part.latents.data, index * latent);
    if (part.logVariances) logVariances?.set(part.logVariances, index * latent);
    step = part.step;
    first ??= step;
    progress(index + count);
  }
  return { first: first ?? step, step, latents: vectors(means, latent), logVariances };
}

/** The latents of an answer or of a run that is followed. */
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
