import * as tf from '@tensorflow/tfjs-core';
import type { ObjectiveSpecification } from '../protocol/families/adversarial';

/**
 * What two players minimize, by what the judging one says of each example or pack of examples: l on data, l' on samples, [n] each.
 * The judge's loss is E real(l) + E fake(l'), the generator's E generator(l').
 */
export interface Objective {
  /** `target`: the probability of "data" that is taught in place of 1, [n]; of cross-entropies only. */
  real(output: tf.Tensor, target?: tf.Tensor): tf.Tensor;
  /** `target`: the same in place of 0. */
  fake(output: tf.Tensor, target?: tf.Tensor): tf.Tensor;
  generator(output: tf.Tensor): tf.Tensor;
  /** Whether the generator minimizes minus the judge's loss, of which the part on data does not depend on it where D is as it is. */
  readonly zeroSum?: true;
  /** Whether outputs are logits, and shown as probabilities of "data". */
  readonly probabilities: boolean;
  /** An output as it is shown: D of logits. */
  shown(output: tf.Tensor): tf.Tensor;
  /**
   * Of outputs on samples [n]: how many times longer the gradient of the non-saturating generator's loss with regard to them is than that
   * of the minimax one, ‖1 − D‖ / ‖D‖, between 10⁻⁶ and 10⁶. Where D says "no" to all samples it is large, and minimax hardly learns.
   */
  saturation?(output: tf.Tensor): tf.Scalar;
  /** What tells how the game stands, for each pair of outputs: values [n], whose means are logged by these names. */
  measures(real: tf.Tensor, fake: tf.Tensor): Readonly<Record<string, tf.Tensor>>;
}

/** −t log σ(l) − (1 − t) log(1 − σ(l)) = softplus(l) − t l, for t between 0 and 1. */
export function crossEntropy(logits: tf.Tensor, target: tf.Tensor | 0 | 1): tf.Tensor {
  if (target === 1) return tf.softplus(tf.neg(logits));
  return target === 0 ? tf.softplus(logits) : tf.sub(tf.softplus(logits), tf.mul(target, logits));
}

/** The share of right answers, where an output above `threshold` says "data". */
const accuracy = (real: tf.Tensor, fake: tf.Tensor, threshold: number) =>
  tf.mul(tf.add(tf.cast(tf.greater(real, threshold), 'float32'), tf.cast(tf.less(fake, threshold), 'float32')), 0.5);

/** D = σ(l), the probability of "data" (Goodfellow et al. 2014, equation 1). */
const nonSaturating: Objective = {
  probabilities: true,
  real: (output, target) => crossEntropy(output, target ?? 1),
  fake: (output, target) => crossEntropy(output, target ?? 0),
  generator: (output) => crossEntropy(output, 1),
  shown: tf.sigmoid,
  // −log σ(l) has the slope −(1 − D), log(1 − σ(l)) the slope −D. Both lengths are bounded below, so that the ratio is finite.
  saturation: (output) => {
    const length = (l: tf.Tensor) => tf.sqrt(tf.add(tf.mean(tf.square(tf.sigmoid(l))), 1e-12));
    return tf.div(length(tf.neg(output)), length(output));
  },
  measures: (real, fake) => {
    const loss = tf.add(crossEntropy(real, 1), crossEntropy(fake, 0));
    return {
      loss,
      real: tf.sigmoid(real),
      fake: tf.sigmoid(fake),
      accuracy: accuracy(real, fake, 0),
      // ½ (V + log 4): for the best discriminator the divergence between data and samples in nats (theorem 1), else less.
      jensen_shannon: tf.mul(tf.sub(Math.log(4), loss), 0.5),
    };
  },
};

const minimax: Objective = { ...nonSaturating, zeroSum: true, generator: (output) => tf.neg(crossEntropy(output, 0)) };

const halved: Objective = {
  ...minimax,
  real: (output, target) => tf.mul(minimax.real(output, target), 0.5),
  fake: (output, target) => tf.mul(minimax.fake(output, target), 0.5),
  generator: (output) => tf.mul(minimax.generator(output), 0.5),
  measures: (real, fake) => {
    const { loss, ...others } = minimax.measures(real, fake);
    return { loss: tf.mul(loss!, 0.5), ...others };
  },
};

/** An objective whose judge gives any number. */
function ofScores(losses: Pick<Objective, 'real' | 'fake' | 'generator'>, threshold: number): Objective {
  return {
    ...losses,
    probabilities: false,
    shown: (output) => output,
    measures: (real, fake) => ({
      loss: tf.add(losses.real(real), losses.fake(fake)),
      ...{ real, fake, accuracy: accuracy(real, fake, threshold) },
    }),
  };
}

/**
 * By their names in specifications, with D = σ(l):
 *
 *   nonSaturating  −E log D(x) − E log(1 − D(G(z)));   −E log D(G(z))          (Goodfellow et al. 2014, section 3)
 *   minimax        the same;                           E log(1 − D(G(z)))      (equation 1)
 *   halved         half of it;                         minus the discriminator's, of which −½ E log D(x) does not depend on G
 *                                                                              (Goodfellow 2016, section 3.2.2)
 *   hinge          E max(0, 1 − l) + E max(0, 1 + l'); −E l'                   (Lim & Ye 2017; Miyato et al. 2018, equation 16)
 *   leastSquares   ½ E (l − 1)² + ½ E l'²;             ½ E (l' − 1)²           (Mao et al. 2016, equation 9)
 */
export const objectives: Readonly<Record<ObjectiveSpecification, Objective>> = {
  nonSaturating,
  minimax,
  halved,
  hinge: ofScores(
    {
      real: (output) => tf.relu(tf.sub(1, output)),
      fake: (output) => tf.relu(tf.add(1, output)),
      generator: tf.neg,
    },
    0,
  ),
  leastSquares: ofScores(
    {
      real: (output) => tf.mul(tf.square(tf.sub(output, 1)), 0.5),
      fake: (output) => tf.mul(tf.square(output), 0.5),
      generator: (output) => tf.mul(tf.square(tf.sub(output, 1)), 0.5),
    },
    0.5,
  ),
};

/**
 * E f(G(z)) − E f(x); −E f(G(z)), for a critic f (Arjovsky et al. 2017, algorithm 1). `estimate`: of the Wasserstein distance, up to
 * the critic's Lipschitz constant.
 */
export const wasserstein: Objective = {
  probabilities: false,
  real: tf.neg,
  fake: (output) => output,
  generator: tf.neg,
  shown: (output) => output,
  measures: (real, fake) => ({ estimate: tf.sub(real, fake) }),
};
