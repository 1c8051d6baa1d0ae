import { randomInt } from 'node:crypto';
import { pixelsOf, type ImageShape } from '../../common/imageShape';
import type { Model } from '../../models/model';
import type { Parameters } from '../../protocol/control';
import { MAX_FRAME_BYTES, MAX_HEADER_BYTES } from '../../protocol/frames';
import type { EventLogWriter } from '../../runs/eventLog';
import type { Answer } from '../socket/controlServer';
import { RefusedError } from '../errors/refused';
import { grid, logGrid } from '../events/previews';
import { withBreaks } from '../workbench/withBreaks';
import type { Images, Progress, Values, Workbench } from '../workbench/workbench';

/** What answering takes that both a live run and an inspected checkpoint have. */
export interface Inspected {
  readonly workbench: Workbench;
  readonly step: number;
  readonly hyperparameters: Values;
  /** Where samples are logged; absent for a checkpoint that is only inspected. */
  readonly log?: EventLogWriter;
  /** Called between batches; what it throws ends the request. */
  readonly onProgress?: Progress;
}

/** Draws images; their bytes are the answer's body. Throws {@link RefusedError} for more than one answer can hold. */
export async function answerSample(inspected: Inspected, parameters: Parameters<'sample'>): Promise<Answer> {
  const { workbench, step, log } = inspected;
  checkSize(parameters.count, workbench.imageShape);
  const seed = parameters.seed ?? randomInt(2 ** 32);
  const images = await withBreaks(workbench.sample(parameters.count, seed));
  if (parameters.log && log !== undefined) logGrid(log, 'samples', step, grid(images));
  const [height, width, channels] = images.shape;
  return {
    value: { step, count: images.count, height, width, channels, columns: images.columns },
    body: toBytes(images),
  };
}

/** Evaluates on the test set, with the importance-sampled likelihood where samples are asked for. */
export async function answerEvaluate(inspected: Inspected, parameters: Parameters<'evaluate'>): Promise<Answer> {
  const { workbench, step, hyperparameters, onProgress } = inspected;
  const { samples, count } = parameters;
  const evaluated = await workbench.evaluate(hyperparameters, count, onProgress);
  const exact = workbench.model.likelihood?.kind === 'exact';
  const likelihood = exact || samples > 0 ? await workbench.logLikelihood(samples, count, onProgress) : {};
  const total = workbench.dataset.test.count;
  const unit = headlineUnit(workbench.model);
  return { value: { step, count: Math.min(count ?? total, total), unit, metrics: { ...evaluated, ...likelihood } } };
}

/** The unit of the model's most important figure. */
function headlineUnit({ presentation: { headline, charts } }: Model): string | undefined {
  return charts.find(({ series }) => series.some(({ tag }) => tag === headline.tag))?.unit;
}

/** Before they are drawn: 4096 large images would take the memory that the run needs. */
function checkSize(count: number, shape: ImageShape): void {
  const most = Math.floor((MAX_FRAME_BYTES - MAX_HEADER_BYTES) / pixelsOf(shape));
  if (count <= most) return;
  throw new RefusedError(tooMany(count, shape, most), 'invalid');
}

/** Says how many images one answer holds; of very large ones it holds none. */
export function tooMany(count: number, shape: ImageShape, most: number): string {
  const images = `images of ${shape.join('×')}`;
  if (most === 0) return `An answer cannot hold ${images}: a single one is too large.`;
  return `${count} ${images} are too many for one answer: ask for at most ${most}.`;
}

/** Intensities as bytes. */
export function toBytes({ data }: Images): Uint8Array {
  // Clamped conversion rounds to nearest and takes NaN for 0.
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = data[i]! * 255;
  return new Uint8Array(bytes.buffer);
}
