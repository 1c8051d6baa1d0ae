import type { WganSpecification } from '../protocol/families/wgan';
import { exampleShape } from '../protocol/dataShape';
import type { ModelContext } from './context';
import type { Game } from './game';
import { gameModel } from './gameModel';
import type { Model } from './model';
import { wasserstein } from './objectives';
import { createGenerator, createJudge } from './players';

/**
 * The Wasserstein GAN of Arjovsky, Chintala & Bottou, "Wasserstein GAN" (2017), algorithm 1: a critic f, kept K-Lipschitz by clipping
 * its weights, maximizes
 *
 *   E_x f(x) − E_z f(G(z)) ≤ K W(data, samples)                                                      (equations 2 and 3)
 *
 * which the generator minimizes. At its best the critic gives the earth mover's distance W up to the factor K, so that its loss
 * tells how good samples are, also where data and samples have nothing in common. Weights are clipped to [−c, c] after each of the
 * critic's updates.
 */
export function createWgan(specification: WganSpecification, context: ModelContext): Model {
  const { criticSteps, earlyCriticSteps, clip } = specification;
  // The critic should be near its best before the generator follows it, and is brought back there now and then (the authors' code).
  const early = (step: number) => step < 25 || step % 500 === 0;
  return gameModel({
    ...criticGame(specification, context),
    ...{ title: 'WGAN', weightClip: clip },
    turns: [
      ...(earlyCriticSteps > criticSteps ? [{ repeats: earlyCriticSteps - criticSteps, due: early }] : []),
      { repeats: criticSteps },
    ],
  });
}

type CriticSpecification = Pick<WganSpecification, 'generator' | 'critic' | 'latent' | 'prior'> & {
  readonly family: string;
};

/** A generator and a critic. */
export function criticGame(
  { family, generator, critic, latent, prior }: CriticSpecification,
  context: ModelContext,
): Omit<Game, 'title' | 'turns'> {
  const shape = exampleShape(context.data);
  const bounded = context.data.kind === 'image';
  return {
    ...{ family, context, latent, prior, objective: wasserstein, judgeName: 'critic', smoothed: 'estimate' },
    generator: createGenerator({ network: generator, shape, latent, condition: 0, bounded }),
    judge: createJudge('critic', { network: critic, shape, condition: 0 }),
  };
}
