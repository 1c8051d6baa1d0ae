import { plural } from '../../common/plural';
import type { Slices } from '../../common/slices';
import type { ImageShape } from '../../common/imageShape';
import { examplesOf, type ExampleSet } from '../../data';
import type { LatentRequest } from '../../protocol/control';
import type { LatentDescription, LatentParameters, LatentSet } from '../../protocol/latent';
import { exampleNoun, exampleSize } from '../../protocol/dataShape';
import { MAX_FRAME_BYTES, MAX_HEADER_BYTES } from '../../protocol/frames';
import { capabilitiesOf } from '../../models/model';
import type { Answer } from '../socket/controlServer';
import { decode, decoderOf, encode, encoderOf, type Latents } from '../workbench/latents';
import { RefusedError, refusedOf } from '../errors/refused';
import { mostInAnswer, toBytes, tooMany } from './requests';
import type { Workbench } from '../workbench/workbench';

/** Whatever holds a model that can be looked into: a live run, or an inspected checkpoint. */
export interface Explored {
  readonly workbench: Workbench;
  /** Where the run or the checkpoint stands. */
  readonly now: { readonly step: number; readonly epoch: number };
  /**
   * Carries out work with the weights of a step (absent: the current ones), in slices between other work. Resolves with
   * that step. Rejects with {@link RefusedError} for weights that cannot be had.
   *
   * @param urgent a user waits with the pointer down, as for a point that is dragged
   */
  on<T>(
    at: number | undefined,
    work: () => Slices<T>,
    urgent: boolean,
  ): Promise<{ readonly step: number; readonly value: T }>;
}

/** Requests that take or give images of the data set. */
const SHOWS_IMAGES: ReadonlySet<string> = new Set(['images', 'encodeImages']);

/** Answers a request of the latent explorer. Throws {@link RefusedError}. */
export async function answerLatent(request: LatentRequest, body: Uint8Array, explored: Explored): Promise<Answer> {
  const { workbench } = explored;
  if (SHOWS_IMAGES.has(request.method)) checkImages(workbench);
  switch (request.method) {
    case 'describe':
      return { value: description(explored) };
    case 'labels': {
      const { labels, count } = workbench.dataset[request.parameters.set];
      if (labels === undefined)
        throw new RefusedError(`The ${exampleNoun(workbench.shape)}s of this data set have no labels.`, 'unsupported');
      return { value: { count }, body: labels };
    }
    case 'images':
      return images(workbench, request.parameters);
    case 'encode': {
      const { from, at } = request.parameters;
      const set = workbench.dataset[request.parameters.set];
      const count = Math.min(request.parameters.count, mostEncoded(encoderOf(workbench.model)));
      const labels = set.labels?.subarray(from, from + count);
      return latentsAnswer(await explored.on(at, () => encode(workbench, { set, from, count }, labels), false));
    }
    case 'encodeImages': {
      const { count, at } = request.parameters;
      checkBody(body, count * exampleSize(workbench.shape), plural(count, 'image'));
      encoderOf(workbench.model);
      const labels = labelsFor(workbench, request.parameters);
      return latentsAnswer(await explored.on(at, () => encode(workbench, body, labels), true));
    }
    case 'decode': {
      const { count, at } = request.parameters;
      const { latent } = decoderOf(workbench.model);
      checkBody(body, count * latent * 4, `${plural(count, 'latent')} of ${plural(latent, 'number')}`);
      checkAnswer(count, workbench);
      const labels = labelsFor(workbench, request.parameters);
      // A copy, which is aligned.
      const latents = new Float32Array(new Uint8Array(body).buffer);
      const { step, value } = await explored.on(at, () => decode(workbench, latents, labels), true);
      return { value: { step, ...decodedValue(workbench, count) }, body: toBytes(value) };
    }
  }
}

/** As many latents as one answer holds. */
export function mostEncoded({ latent, to }: Pick<ReturnType<typeof encoderOf>, 'latent' | 'to'>): number {
  return Math.floor((MAX_FRAME_BYTES - MAX_HEADER_BYTES) / (4 * latent * (to === 'gaussian' ? 2 : 1)));
}

/** Means, then log-variances, as one body. */
export function latentBytes({ means, logVariances }: Latents): Uint8Array {
  const body = new Uint8Array(means.byteLength + (logVariances?.byteLength ?? 0));
  body.set(new Uint8Array(means.buffer, means.byteOffset, means.byteLength));
  if (logVariances !== undefined) body.set(new Uint8Array(logVariances.buffer), means.byteLength);
  return body;
}

function latentsAnswer({ step, value }: { readonly step: number; readonly value: Latents }): Answer {
  const { count, latent, logVariances } = value;
  return { value: { step, count, latent, variance: logVariances !== undefined }, body: latentBytes(value) };
}

function description({ workbench, now }: Explored): LatentDescription {
  const { model, dataset, classes } = workbench;
  if (model.latent === undefined) {
    throw refusedOf(model, 'have no latent space to explore');
  }
  return {
    ...now,
    family: model.family,
    title: model.presentation.title,
    imageShape: workbench.shape.kind === 'image' ? workbench.shape.shape : null,
    classes: classes ?? null,
    sets: { train: dataset.train.count, test: dataset.test.count },
    capabilities: capabilitiesOf(model),
    parameters: workbench.parameters,
  };
}

function images(workbench: Workbench, { set: name, rows }: LatentParameters<'images'>): Answer {
  const set = workbench.dataset[name];
  if (Array.isArray(rows)) {
    checkAnswer(rows.length, workbench);
    const size = exampleSize(workbench.shape);
    const body = new Uint8Array(rows.length * size);
    for (const [place, row] of rows.entries()) body.set(imageOf(set, name, row), place * size);
    return { value: imagesValue(workbench, rows.length), body };
  }
  const count = Math.max(0, Math.min(rows.count, set.count - rows.from));
  checkAnswer(count, workbench);
  const body = bytesOf(set, rows.from, count);
  return { value: imagesValue(workbench, count), body };
}

function imageOf(set: ExampleSet, name: LatentSet, row: number): Uint8Array {
  if (row < set.count) return bytesOf(set, row, 1);
  throw new RefusedError(`There is no image ${row}: the ${name} set has ${set.count}.`, 'invalid');
}

function decodedValue(workbench: Workbench, count: number) {
  const { shape } = workbench;
  return shape.kind === 'points' ? { count, size: shape.size } : imagesValue(workbench, count);
}

function imagesValue(workbench: Workbench, count: number) {
  const [height, width, channels] = imageShapeOf(workbench);
  return { count, height, width, channels };
}

/** One for each row. Throws {@link RefusedError} for those that the model does not take, or does not have. */
function labelsFor(
  { model }: Workbench,
  { labels, count }: { readonly labels?: readonly number[]; readonly count: number },
): readonly number[] | undefined {
  const { classes } = model;
  if (classes === undefined) {
    if (labels === undefined) return undefined;
    throw refusedOf(model, 'take no labels', 'invalid');
  }
  if (labels === undefined) throw new RefusedError('This model needs labels, and none were given.', 'invalid');
  if (labels.length !== 1 && labels.length !== count) {
    throw new RefusedError(`One label, or ${count}, are expected, not ${labels.length}.`, 'invalid');
  }
  const wrong = labels.find((label) => label >= classes);
  if (wrong !== undefined) {
    throw new RefusedError(
      `There is no label ${wrong}: the model knows ${plural(classes, 'class', 'classes')}.`,
      'invalid',
    );
  }
  return labels.length === count ? labels : Array.from({ length: count }, () => labels[0]!);
}

function checkBody(body: Uint8Array, bytes: number, what: string): void {
  if (body.length === bytes) return;
  throw new RefusedError(
    `For ${what} ${plural(bytes, 'byte')} are expected; the request has ${body.length}.`,
    'invalid',
  );
}

/** The explorer shows a data set's examples as images. Throws {@link RefusedError} for a model of points. */
function checkImages({ shape }: Workbench): void {
  if (shape.kind === 'image') return;
  throw new RefusedError(
    'The latent explorer shows encoded images, and this is a model of points. Its panels are in the run tab.',
    'unsupported',
  );
}

function imageShapeOf({ shape }: Workbench): ImageShape {
  if (shape.kind === 'image') return shape.shape;
  throw new TypeError('Points have no image shape.');
}

/** Of a set of images. */
function bytesOf(set: ExampleSet, from: number, count: number): Uint8Array {
  const values = examplesOf(set, from, count);
  if (values instanceof Uint8Array) return values;
  throw new TypeError('Points are no bytes.');
}

function checkAnswer(count: number, { shape }: Workbench): void {
  const most = mostInAnswer(shape);
  if (count <= most) return;
  throw new RefusedError(tooMany(count, shape, most), 'invalid');
}
