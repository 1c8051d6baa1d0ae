import type { DataSpecification } from '../dataSpecification';
import { holdsPoints } from '../mixtures';
import type { NetworkSpecification } from './parts';

/** Why a model cannot learn its data set, as far as a specification tells: before anything is loaded. */
export interface Misfit {
  readonly keys: readonly string[];
  /** Follows the path. */
  readonly message: string;
}

/** The parts of a specification that a family has to fit. */
export interface Chosen {
  readonly data: DataSpecification;
  readonly training: { readonly batch: number };
}

/** Convolutions over points. `key`: of the network within the model. */
export function convolutionMisfit(
  key: string,
  { kind }: Pick<NetworkSpecification, 'kind'>,
  data: DataSpecification,
): Misfit | undefined {
  if (kind === 'mlp' || !holdsPoints(data.set)) return undefined;
  const message = `cannot be "${kind}": the set "${data.set}" has no images to convolve; use "mlp"`;
  return { keys: ['model', key, 'kind'], message };
}

/** Points in a family of images. */
export function pointsMisfit(data: DataSpecification): Misfit | undefined {
  if (!holdsPoints(data.set)) return undefined;
  return { keys: ['data', 'set'], message: `cannot be "${data.set}": this family learns images, not points` };
}

/** Points where each number of an example is taken as a probability. */
export function probabilitiesMisfit(
  keys: readonly string[],
  [chosen, other]: readonly [string, string],
  data: DataSpecification,
): Misfit | undefined {
  if (!holdsPoints(data.set)) return undefined;
  const message = `cannot be "${chosen}" for the set "${data.set}": points are not probabilities; use "${other}"`;
  return { keys: ['model', ...keys], message };
}

const UNLABELED: readonly DataSpecification['set'][] = ['swissRoll', 'linearGaussian', 'freyFace'];

/** A family that is given labels, and a set without any. */
export function labelsMisfit({ set }: DataSpecification): Misfit | undefined {
  if (!UNLABELED.includes(set)) return undefined;
  return { keys: ['data', 'set'], message: `cannot be "${set}": this family learns from labels, and the set has none` };
}

/** Binary pixels in a family whose images are in [−1, 1]. */
export function binarizationMisfit({ binarization }: DataSpecification): Misfit | undefined {
  if (binarization === 'none') return undefined;
  return {
    keys: ['data', 'binarization'],
    message: `cannot be "${binarization}" for this family, which takes images scaled to [−1, 1]; use "none"`,
  };
}
