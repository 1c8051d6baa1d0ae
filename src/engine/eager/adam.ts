import { add, cast, div, mul, scalar, sqrt, square, sub, tanh, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { OptimizerSettings } from '../program';

/** A variable on its way through an update; all four have the variable's shape. */
export interface AdamState {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

/**
 * Adam (Kingma & Ba 2014), algorithm 1, for the update that makes the count `step` (int32, 1 for the first):
 *
 *   m ← β₁ m + (1 − β₁) g      v ← β₂ v + (1 − β₂) g²
 *   θ ← θ − α m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * Returns an update of one variable; what depends on the step alone is computed once.
 */
export function adam(settings: OptimizerSettings, learningRate: Scalar, step: Scalar) {
  const { beta1, beta2, epsilon } = settings;
  const rest1 = scalar(1 - beta1);
  const rest2 = scalar(1 - beta2);
  const tiny = scalar(epsilon);
  const stepSize = div(learningRate, biasCorrection(beta1, step));
  const rootCorrection = sqrt(biasCorrection(beta2, step));

  return ({ value, gradient, firstMoment: m, secondMoment: v }: AdamState) => {
    const first = add(m, mul(sub(gradient, m), rest1));
    const second = add(v, mul(sub(square(gradient), v), rest2));
    const deviation = add(div(sqrt(second), rootCorrection), tiny);
    return {
      value: sub(value, div(mul(first, stepSize), deviation)),
      firstMoment: first,
      secondMoment: second,
    };
  };
}

/**
 * 1 − βᵗ = −(e^(t ln β) − 1), by e^x − 1 = 2 tanh(x/2) / (1 − tanh(x/2)): in float32, `1 − pow(0.999, t)` would lose four
 * digits of the first steps.
 */
function biasCorrection(beta: number, step: Scalar): Scalar {
  // β = 0 forgets at once; its logarithm is finite here, and 1 − βᵗ is 1 in float32.
  const halfLogarithm = Math.max(Math.log(beta), -100) / 2;
  const half = tanh(mul(cast(step, 'float32'), scalar(halfLogarithm)));
  return div(mul(half, scalar(-2)), sub(scalar(1), half));
}
