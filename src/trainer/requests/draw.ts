import type { Parameters } from '../../protocol/control';
import { exampleShape, exampleSize } from '../../protocol/dataShape';
import { MAX_FRAME_BYTES, MAX_HEADER_BYTES } from '../../protocol/frames';
import type { Answer } from '../socket/controlServer';
import { RefusedError } from '../errors/refused';
import { sample, type Samples } from '../workbench/samples';
import { withBreaks } from '../workbench/withBreaks';
import { tooMany, type Inspected } from './requests';

/** Samples in one answer: a live run, which waits for them, trains on after seconds. */
const MOST_AT_ONCE = 4096;

/**
 * Draws samples as exact numbers: those from `from` on, as many as one answer takes. Throws {@link RefusedError} for a model that cannot
 * sample, an unknown label, and samples of which an answer cannot hold a single one.
 */
export async function answerDraw(
  { workbench, step }: Pick<Inspected, 'workbench' | 'step'>,
  { count: total, from, seed, label }: Parameters<'draw'>,
): Promise<Answer> {
  const { shape, model } = workbench;
  if (from >= total) throw new RefusedError(`There is no sample ${from} of ${total}.`, 'invalid');
  const numbers = exampleSize(shape) + (model.latent?.size ?? 0) + 1;
  const most = Math.min(MOST_AT_ONCE, Math.floor((MAX_FRAME_BYTES - MAX_HEADER_BYTES) / (4 * numbers)));
  if (most === 0) throw new RefusedError(tooMany(total, shape, most), 'invalid');
  // Whole calls of the model, so that the next answer begins with a call of its own.
  const { count: atOnce = 1 } = model.sampling ?? {};
  const end = from + most;
  const to = Math.min(total, end - (most >= atOnce ? end % atOnce : 0));
  const drawn = await withBreaks(sample(workbench, total, seed, { label, from, to }));
  const { count, latents, labels } = drawn;
  const latent = latents && latents.length / count;
  const value = { step, count, total, shape: [...exampleShape(shape)], latent, labeled: labels !== undefined };
  return { value, body: bodyOf(drawn) };
}

/** In the machine's order, which is little-endian. */
function bodyOf({ data, latents, labels }: Samples): Uint8Array {
  const parts = [data, latents, labels].flatMap((part) =>
    part ? [new Uint8Array(part.buffer, part.byteOffset, part.byteLength)] : [],
  );
  return new Uint8Array(Buffer.concat(parts));
}
