import { add, mul, scalar, sub } from '@tensorflow/tfjs-core';
import type { OptimizerRule } from './rule';

export interface SgdSettings {
  readonly kind: 'sgd';
}

/** Stochastic gradient descent: θ ← θ − α g. */
export function sgd(): OptimizerRule {
  return {
    slots: [],
    update: (learningRate) => ({
      eager: (value, gradient) => ({ value: sub(value, mul(gradient, learningRate)), slots: [] }),
      fused: (_value, gradient) => [
        {
          operation: 'ResourceApplyGradientDescent',
          withSlots: false,
          inputs: [learningRate, gradient],
          flags: { use_locking: false },
        },
      ],
    }),
  };
}

export interface MomentumSettings {
  readonly kind: 'momentum';
  readonly momentum: number;
  readonly nesterov: boolean;
}

/**
 * Gradient descent with momentum (Polyak 1964), in the form of Sutskever et al. 2013 as TensorFlow and PyTorch have it:
 *
 *   a ← μ a + g      θ ← θ − α a,  or with Nesterov's look ahead  θ ← θ − α (g + μ a)
 */
export function momentum({ momentum: mu, nesterov }: MomentumSettings): OptimizerRule {
  return {
    slots: [{ name: 'velocity', initializer: { kind: 'zeros' } }],
    update: (learningRate) => ({
      eager: (value, gradient, [velocity]) => {
        const moved = add(mul(velocity!, scalar(mu)), gradient);
        const direction = nesterov ? add(gradient, mul(moved, scalar(mu))) : moved;
        return { value: sub(value, mul(direction, learningRate)), slots: [moved] };
      },
      fused: (_value, gradient) => [
        {
          operation: 'ResourceApplyMomentum',
          withSlots: true,
          inputs: [learningRate, gradient, scalar(mu)],
          flags: { use_locking: false, use_nesterov: nesterov },
        },
      ],
    }),
  };
}
