import { randomInt } from 'node:crypto';
import type { Model } from '../../models/model';
import type { Parameters } from '../../protocol/control';
import type { DataShape } from '../../protocol/capabilities';
import { exampleNoun, exampleSize, shapeText } from '../../protocol/dataShape';
import { panelsOf } from '../../protocol/panelsOf';
import { MAX_FRAME_BYTES, MAX_HEADER_BYTES } from '../../protocol/frames';
import type { EventLogWriter } from '../../runs/eventLog';
import type { Answer } from '../socket/controlServer';
import { RefusedError } from '../errors/refused';
import { logSamples } from '../events/summaries';
import { checkLikelihood, evaluate, logLikelihood, type Progress } from '../workbench/measures';
import { sampleQuality } from '../workbench/sampleQuality';
import { checkSampling, sample, type Examples } from '../workbench/samples';
import { withBreaks } from '../workbench/withBreaks';
import type { Values, Workbench } from '../workbench/workbench';

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

/** Draws samples; their bytes are the answer's body. Throws {@link RefusedError} for more than one answer can hold. */
export async function answerSample(inspected: Inspected, parameters: Parameters<'sample'>): Promise<Answer> {
  const { workbench, step, log } = inspected;
  checkSize(parameters.count, workbench.shape);
  const seed = parameters.seed ?? randomInt(2 ** 32);
  const samples = await withBreaks(sample(workbench, parameters.count, seed, { label: parameters.label }));
  if (parameters.log && log !== undefined) logSamples(log, checkSampling(workbench.model), step, samples);
  const { count, columns, shape } = samples;
  return { value: { step, count, columns, ...sizes(shape) }, body: toBytes(samples) };
}

function sizes(shape: DataShape) {
  if (shape.kind === 'points') return { size: shape.size };
  const [height, width, channels] = shape.shape;
  return { height, width, channels };
}

/** Evaluates on the test set, with the importance-sampled likelihood where samples are asked for. */
export async function answerEvaluate(inspected: Inspected, parameters: Parameters<'evaluate'>): Promise<Answer> {
  const { workbench, step, hyperparameters, onProgress } = inspected;
  const { samples, count, generated } = parameters;
  if (samples > 0) checkLikelihood(workbench.model);
  if (generated > 0) checkSampling(workbench.model);
  const evaluated = await evaluate(workbench, hyperparameters, count, onProgress);
  const exact = workbench.model.likelihood?.kind === 'exact';
  const likelihood = exact || samples > 0 ? await logLikelihood(workbench, samples, count, onProgress) : {};
  const total = workbench.dataset.test.count;
  const quality = generated > 0 ? await sampleQuality(workbench, generated, onProgress) : undefined;
  const metrics = { ...evaluated, ...likelihood, ...quality?.metrics };
  const examples = exampleNoun(workbench.shape);
  const units = unitsOf(Object.keys(metrics), workbench.model, examples);
  return {
    value: {
      ...{ step, count: Math.min(count ?? total, total), examples, units, metrics },
      ...(quality && { errors: { ...quality.errors }, generated }),
    },
  };
}

/** By tag: the units of the model's curves, and of log p(x). */
function unitsOf(tags: readonly string[], { presentation }: Model, noun: string): Record<string, string> {
  const charts = panelsOf(presentation, 'curves');
  const units = tags.map((tag): [string, string] => {
    if (tag.startsWith('test/log_likelihood')) return [tag, `nats per ${noun}`];
    if (tag === 'samples/class_histogram_kl') return [tag, 'nats'];
    return [tag, charts.find(({ series }) => series.some((one) => one.tag === tag))?.unit ?? ''];
  });
  return Object.fromEntries(units.filter(([, unit]) => unit !== ''));
}

/** Before they are drawn: 4,096 large images would take the memory that the run needs. */
function checkSize(count: number, shape: DataShape): void {
  const most = mostInAnswer(shape);
  if (count <= most) return;
  throw new RefusedError(tooMany(count, shape, most), 'invalid');
}

/** How many examples one answer holds, images as bytes and points as float32. */
export function mostInAnswer(shape: DataShape): number {
  const bytes = exampleSize(shape) * (shape.kind === 'image' ? 1 : 4);
  return Math.floor((MAX_FRAME_BYTES - MAX_HEADER_BYTES) / bytes);
}

/** The message for a request of more than the `most` examples that fit into one answer; of very large examples none fits. */
export function tooMany(count: number, shape: DataShape, most: number): string {
  const examples = `${exampleNoun(shape)}s of ${shapeText(shape)}`;
  if (most === 0) return `An answer cannot hold ${examples}: a single one is too large.`;
  return `${count} ${examples} are too many for one answer: ask for at most ${most}.`;
}

/** Images as bytes, points as float32 in the machine's order, which is little-endian. */
export function toBytes({ data, shape }: Examples): Uint8Array {
  if (shape.kind === 'points') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // Clamped conversion rounds to nearest and takes NaN for 0.
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = data[i]! * 255;
  return new Uint8Array(bytes.buffer);
}
