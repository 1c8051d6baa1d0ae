import { add, div, mul, scalar, sqrt, square, sub } from '@tensorflow/tfjs-core';
import type { OptimizerRule } from './rule';

export interface RmspropSettings {
  readonly kind: 'rmsprop';
  /** How much of the mean square a step keeps. */
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
}

/**
 * RMSProp (Tieleman & Hinton 2012, lecture 6.5), with ε inside the root as in TensorFlow:
 *
 *   s ← ρ s + (1 − ρ) g²      a ← μ a + α g / √(s + ε)      θ ← θ − a
 */
export function rmsprop({ decay, momentum, epsilon }: RmspropSettings): OptimizerRule {
  return {
    slots: [
      { name: 'meanSquare', initializer: { kind: 'zeros' } },
      { name: 'velocity', initializer: { kind: 'zeros' } },
    ],
    update: (learningRate) => ({
      eager: (value, gradient, [meanSquare, velocity]) => {
        const meanSquares = add(meanSquare!, mul(sub(square(gradient), meanSquare!), scalar(1 - decay)));
        const scaled = div(mul(gradient, learningRate), sqrt(add(meanSquares, scalar(epsilon))));
        const moved = add(mul(velocity!, scalar(momentum)), scaled);
        return { value: sub(value, moved), slots: [meanSquares, moved] };
      },
      fused: (_value, gradient) => [
        {
          operation: 'ResourceApplyRMSProp',
          withSlots: true,
          inputs: [learningRate, scalar(decay), scalar(momentum), scalar(epsilon), gradient],
          flags: { use_locking: false },
        },
      ],
    }),
  };
}

export interface AdagradSettings {
  readonly kind: 'adagrad';
  readonly initialAccumulator: number;
  readonly epsilon: number;
}

/** Adagrad (Duchi et al. 2011): s ← s + g²,  θ ← θ − α g / (√s + ε). */
export function adagrad({ initialAccumulator, epsilon }: AdagradSettings): OptimizerRule {
  return {
    slots: [{ name: 'accumulator', initializer: { kind: 'constant', value: initialAccumulator } }],
    update: (learningRate) => ({
      eager: (value, gradient, [accumulator]) => {
        const sum = add(accumulator!, square(gradient));
        const moved = div(mul(gradient, learningRate), add(sqrt(sum), scalar(epsilon)));
        return { value: sub(value, moved), slots: [sum] };
      },
      fused: (_value, gradient) => [
        {
          operation: 'ResourceApplyAdagradV2',
          withSlots: true,
          inputs: [learningRate, scalar(epsilon), gradient],
          flags: { use_locking: false, update_slots: true },
        },
      ],
    }),
  };
}
