import type { Mixture } from '../protocol/mixtures';
import { DIVERSITY_METRIC, MODE_METRICS } from '../protocol/sampleMetrics';
import { figure, type AlertRule } from './alerts';
import type { Game } from './game';

/** Logged steps; with the default of `logging.scalars` 300 updates. */
const WINDOW = 30;
/** Updates in which a game may still be finding its balance. */
const SETTLING = 500;
/** Updates in which samples may still be on their way to the data: with a gradient penalty 1,500 of them on the ring. */
const ARRIVING = 2000;

/** The answers of a discriminator that has won: nearly all are right, and it is sure of them. */
const WON = { accuracy: 0.995, fake: 0.01, loss: 0.02 } as const;
/**
 * The share of its highest norm below which a gradient teaches nothing; and the norm itself, for losses of probabilities, whose gradients
 * are of the order of 1: with minimax it may be gone before there was a highest one.
 */
const GONE = { share: 1e-3, norm: 1e-3 } as const;
/** The share of known modes that samples have to be spread over. */
const KEPT = 0.5;
/**
 * Of the data's diversity (`diversity.ts`). On MNIST a collapsed generator has 0.001 to 0.06, and the presets' have at least 0.39, but for a WGAN
 * that is slow to begin: 0.16.
 */
const COLLAPSED = 0.1;

/** What may go wrong with a game, as far as its curves tell. */
export function gameAlerts(game: Game): AlertRule[] {
  return [
    ...(game.judgeName === 'discriminator' ? [discriminatorWon(game)] : []),
    generatorsGradientGone(game),
    // Where the modes are known, their coverage says more.
    game.context.mixture === undefined ? lackOfDiversity : lostModes(game.context.mixture),
  ];
}

function discriminatorWon({ objective: { probabilities } }: Game): AlertRule {
  const of = (name: string) => `train/discriminator/${name}`;
  // The loss includes smoothed labels and penalties; what is said of samples does not.
  const sure = of(probabilities ? 'fake' : 'loss');
  return {
    ...{ name: 'discriminator-won', title: 'Discriminator won', window: WINDOW, after: SETTLING },
    tags: [of('accuracy'), sure],
    when: ({ median }) => {
      const [accuracy, certainty] = [median(of('accuracy')), median(sure)];
      if (!(accuracy >= WON.accuracy && certainty <= (probabilities ? WON.fake : WON.loss))) return undefined;
      const words = probabilities
        ? `gives samples a probability of ${figure(certainty)}`
        : `has a loss of ${figure(certainty)}`;
      return `The discriminator is right in ${figure(100 * accuracy)} % of cases and ${words}, so that the generator learns little from it.`;
    },
    advice: 'A lower learning rate of the discriminator, instance noise or smoothed labels usually help.',
    remedy: { hyperparameter: 'discriminatorLearningRate', factor: 0.25 },
  };
}

function generatorsGradientGone({ judgeName }: Game): AlertRule {
  const tag = 'train/generator/gradient_norm';
  const discriminator = judgeName === 'discriminator';
  return {
    ...{
      name: 'generator-gradient-gone',
      title: 'Generator’s gradient gone',
      window: WINDOW,
      after: SETTLING,
      tags: [tag],
    },
    when: ({ median, peak }) =>
      median(tag) <= GONE.share * peak(tag) || (discriminator && median(tag) <= GONE.norm)
        ? `The norm of the generator’s gradient is ${figure(median(tag))}, after ${figure(peak(tag))} at its highest.`
        : undefined,
    advice: discriminator
      ? 'A lower learning rate of the discriminator or the objective "nonSaturating" usually helps (Goodfellow et al., 2014).'
      : 'A lower learning rate of the critic, or a gradient penalty in place of clipped weights, usually helps.',
    remedy: { hyperparameter: `${judgeName}LearningRate`, factor: 0.25 },
  };
}

/** Mode collapse, whatever tells it. */
const COLLAPSE = {
  ...{ name: 'mode-collapse', title: 'Mode collapse' },
  advice:
    'A lower learning rate of the generator, samples that are judged together (model.packing) or a Wasserstein GAN usually help.',
  remedy: { hyperparameter: 'generatorLearningRate', factor: 0.25 },
} as const;

const lackOfDiversity: AlertRule = {
  ...{ ...COLLAPSE, window: 2, after: SETTLING },
  tags: [DIVERSITY_METRIC],
  when: ({ median }) =>
    median(DIVERSITY_METRIC) < COLLAPSED
      ? `A sample differs from the one nearest to it by ${figure(100 * median(DIVERSITY_METRIC))} % of what examples of the data do.`
      : undefined,
};

/** e^H of the shares of samples, their effective number of modes, is n e^−KL for n modes of equal weight. */
function lostModes({ centers: { length: count } }: Mixture): AlertRule {
  const [modes, , reverseKl] = MODE_METRICS;
  return {
    ...{ ...COLLAPSE, tags: [modes, reverseKl], window: 3, after: ARRIVING },
    when: ({ median }) => {
      const effective = count * Math.exp(-median(reverseKl));
      if (!(effective < KEPT * count)) return undefined;
      return `Samples are spread over ${figure(effective)} of ${count} modes (${figure(median(modes))} are reached at all).`;
    },
  };
}
