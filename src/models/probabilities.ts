import type { DataShape } from '../protocol/capabilities';
import { ModelError } from './error';

/** Throws {@link ModelError} where a model would take the numbers of points for probabilities of pixels. */
export function checkProbabilities(data: DataShape, remedy: string): void {
  if (data.kind === 'image') return;
  throw new ModelError('Points are no probabilities, and this model takes each number of an example for one.', remedy);
}
