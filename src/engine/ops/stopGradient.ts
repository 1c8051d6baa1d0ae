import type { Tensor } from '@tensorflow/tfjs-core';
import { detached } from '../gradients/tape';

/** x as a constant: the same values (no copy), of any shape and type, through which no gradient flows. */
export function stopGradient<T extends Tensor>(x: T): T {
  return detached(x);
}
