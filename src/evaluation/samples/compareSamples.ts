import type { Slices } from '../../common/slices';
import { bootstrapError, type Estimate } from './bootstrap';
import { classesFound, classHistogramKl, classifierScore, labelAgreement } from './classes';
import { frechetDistance, momentsOf } from './frechet';
import { nearestNeighborAccuracy } from './nearestNeighbor';
import { precisionAndRecall } from './precisionRecall';
import { firstVectors, type Vectors } from './vectors';

/** Data and samples as a classifier sees them. */
export interface Classified {
  readonly features: Vectors;
  /** [count, classes] */
  readonly probabilities: Vectors;
}

export interface Comparison {
  /** By tag. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Standard errors of those that have one, by tag. */
  readonly errors: Readonly<Record<string, number>>;
}

/** At most as many of each are compared by the two-sample test; its time grows with the square. */
const TWO_SAMPLE_COUNT = 2000;
/** At most as many of each are clustered for precision and recall. */
const PRECISION_RECALL_COUNT = 5000;
/** Vectors of at most this size have distances that mean something by themselves: points, but not pixels. */
const MOST_COORDINATES = 16;
/** A class is found if at least this share of the samples belongs to it. */
const FOUND_SHARE = 0.03;

/**
 * How far samples are from data, by the distances of their features. The two-sample test takes the first 2,000 of each, precision
 * and recall the first 5,000, the Fréchet distance all.
 *
 * @param halves two disjoint sets of data, whose distance from each other is the least that a model can be expected to reach;
 *   of as many images as the samples, as the distance depends on their number
 * @param labels of the classes that the samples are meant to belong to
 */
export function* compareClassified(
  data: Classified,
  samples: Classified,
  halves: readonly [Vectors, Vectors],
  labels?: ArrayLike<number>,
): Slices<Comparison> {
  const fid = yield* frechet(data.features, samples.features);
  const floor = frechetDistance(momentsOf(halves[0]), momentsOf(halves[1]));
  yield;
  const estimates: Record<string, Estimate> = {
    'samples/classifier_fid': fid,
    ...(yield* precisionRecall(data.features, samples.features)),
    ...(yield* twoSampleTest(data.features, samples.features)),
    'samples/classifier_score': yield* classifierScore(samples.probabilities),
    'samples/class_histogram_kl': yield* classHistogramKl(data.probabilities, samples.probabilities),
    ...(labels && { 'samples/label_agreement': yield* labelAgreement(samples.probabilities, labels) }),
  };
  const { value: ofData } = yield* classifierScore(data.probabilities);
  const plain = {
    'samples/classifier_fid_of_data': floor,
    'samples/classifier_score_of_data': ofData,
    'samples/classes': classesFound(samples.probabilities, FOUND_SHARE),
  };
  return { metrics: { ...valuesOf(estimates, 'value'), ...plain }, errors: valuesOf(estimates, 'error') };
}

/** The same where no classifier fits the data: the two-sample test on the numbers themselves, for points precision and recall too. */
export function* compareUnclassified(data: Vectors, samples: Vectors): Slices<Comparison> {
  const estimates = {
    ...(data.size <= MOST_COORDINATES && (yield* precisionRecall(data, samples))),
    ...(yield* twoSampleTest(data, samples)),
  };
  return { metrics: valuesOf(estimates, 'value'), errors: valuesOf(estimates, 'error') };
}

function* precisionRecall(data: Vectors, samples: Vectors): Slices<Record<string, Estimate>> {
  const { precision, recall } = yield* precisionAndRecall(...asMany(data, samples, PRECISION_RECALL_COUNT));
  return { 'samples/precision': precision, 'samples/recall': recall };
}

function* twoSampleTest(data: Vectors, samples: Vectors): Slices<Record<string, Estimate>> {
  const accuracy = yield* nearestNeighborAccuracy(...asMany(data, samples, TWO_SAMPLE_COUNT));
  return { 'samples/nearest_neighbor_accuracy': accuracy };
}

/** The first of both sets, as many of each and at most `most`. */
function asMany(data: Vectors, samples: Vectors, most: number): [Vectors, Vectors] {
  const count = Math.min(most, data.count, samples.count);
  return [firstVectors(data, count), firstVectors(samples, count)];
}

function* frechet(data: Vectors, samples: Vectors): Slices<Estimate> {
  const value = frechetDistance(momentsOf(data), momentsOf(samples));
  yield;
  const error = yield* bootstrapError([data.count, samples.count], (ofData, ofSamples) =>
    frechetDistance(momentsOf(data, ofData), momentsOf(samples, ofSamples)),
  );
  return { value, error };
}

function valuesOf(estimates: Readonly<Record<string, Estimate>>, which: keyof Estimate): Record<string, number> {
  return Object.fromEntries(Object.entries(estimates).map(([tag, estimate]) => [tag, estimate[which]]));
}
