import { add, cast, div, mul, scalar, sqrt, square, sub, tanh, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { OptimizerRule, ResourceUpdate, VariableUpdate } from './rule';

export interface AdamSettings {
  readonly kind: 'adam' | 'adamw';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Of AdamW: how much of its value, times the learning rate, a variable loses at each step. */
  readonly weightDecay?: number;
}

/**
 * Adam (Kingma & Ba 2014), algorithm 1:
 *
 *   m ← β₁ m + (1 − β₁) g      v ← β₂ v + (1 − β₂) g²
 *   θ ← θ − α m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * and AdamW (Loshchilov & Hutter 2019), which takes λ α θ off as well, apart from the moments.
 */
export function adam(settings: AdamSettings): OptimizerRule {
  const slots = ['m', 'v'].map((name) => ({ name, initializer: { kind: 'zeros' } as const }));
  return {
    slots,
    update: (learningRate, step) => {
      const { weightDecay = 0 } = settings;
      const decay = weightDecay === 0 ? undefined : mul(learningRate, scalar(weightDecay));
      return {
        eager: eagerUpdate(settings, learningRate, step, decay),
        fused: fusedUpdate(settings, learningRate, step, decay),
      };
    },
  };
}

type Part<Kind extends keyof VariableUpdate> = (
  settings: AdamSettings,
  learningRate: Scalar,
  step: Scalar,
  decay: Tensor | undefined,
) => VariableUpdate[Kind];

const eagerUpdate: Part<'eager'> = ({ beta1, beta2, epsilon }, learningRate, step, decay) => {
  const shared = once(() => ({
    rest1: scalar(1 - beta1),
    rest2: scalar(1 - beta2),
    tiny: scalar(epsilon),
    stepSize: div(learningRate, biasCorrection(beta1, step)),
    rootCorrection: sqrt(biasCorrection(beta2, step)),
  }));
  return (value, gradient, [m, v]) => {
    const { rest1, rest2, tiny, stepSize, rootCorrection } = shared();
    const first = add(m!, mul(sub(gradient, m!), rest1));
    const second = add(v!, mul(sub(square(gradient), v!), rest2));
    const deviation = add(div(sqrt(second), rootCorrection), tiny);
    const moved = sub(value, div(mul(first, stepSize), deviation));
    return { value: decay ? sub(moved, mul(value, decay)) : moved, slots: [first, second] };
  };
};

/**
 * TensorFlow's kernel computes θ − α √(1 − β₂ᵗ)/(1 − β₁ᵗ) m / (√v + ε̂). With ε̂ = ε √(1 − β₂ᵗ) that is algorithm 1.
 * Given powers of zero it leaves the corrections to us: its own 1 − β₂ᵗ has lost four digits at the first steps. It
 * takes β as float32.
 */
const fusedUpdate: Part<'fused'> = ({ beta1, beta2, epsilon }, learningRate, step, decay) => {
  const shared = once(() => {
    const root = sqrt(biasCorrection(Math.fround(beta2), step));
    const rate = mul(div(learningRate, biasCorrection(Math.fround(beta1), step)), root);
    const zero = scalar(0);
    return [zero, zero, rate, scalar(beta1), scalar(beta2), mul(scalar(epsilon), root)];
  });
  return (value, gradient) => {
    const flags = { use_locking: false, use_nesterov: false };
    const move = { operation: 'ResourceApplyAdam', withSlots: true, inputs: [...shared(), gradient], flags };
    return decay ? [decayed(value, decay), move] : [move];
  };
};

function decayed(value: Tensor, decay: Tensor): ResourceUpdate {
  return { operation: 'AssignSubVariableOp', withSlots: false, inputs: [mul(value, decay)], flags: {} };
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
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
