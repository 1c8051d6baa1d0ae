import type { UnrolledGanSpecification } from '../protocol/families/unrolledGan';
import type { ModelContext } from './context';
import { gameModel } from './gameModel';
import { discriminatorGame } from './gan';
import type { Model } from './model';

/**
 * The unrolled GAN of Metz, Poole, Pfau & Sohl-Dickstein, "Unrolled Generative Adversarial Networks" (2016): the generator plays
 * against the discriminator as it will have answered, K updates later,
 *
 *   θ⁰ = θ_D,   θᵏ⁺¹ = θᵏ + η ∂f(θ_G, θᵏ)/∂θᵏ                                                      (equations 4–6)
 *   f_K(θ_G, θ_D) = f(θ_G, θᴷ(θ_G, θ_D))                                                            (equation 7)
 *   θ_G ← θ_G − η ∂f_K(θ_G, θ_D)/∂θ_G,   θ_D ← θ_D + η ∂f(θ_G, θ_D)/∂θ_D                            (equations 8 and 9)
 *
 * so that a mode on which all samples collapse is one that the discriminator will have left behind. The gradient of f_K has a second term,
 * ∂f/∂θᴷ · dθᴷ/dθ_G: it flows through the updates, which needs gradients of gradients (equation 10). f is the value V(D, G) of the GAN by default, of
 * which the part on data then counts, too; with an objective that is not zero-sum, such as the non-saturating one, the generator
 * minimizes its own loss at θᴷ. K = 0 is the GAN.
 *
 * The updates that are unrolled are those of the discriminator's own optimizer, Adam in the authors' code: from its moments and its count
 * of updates as they are, with its learning rate of the step. They are on one batch of data and one of noise, as there. The
 * discriminator itself then learns by plain updates.
 */
export function createUnrolledGan(specification: UnrolledGanSpecification, context: ModelContext): Model {
  const { unrollingSteps } = specification;
  return gameModel({
    ...discriminatorGame(specification, context, 0),
    ...{ title: 'Unrolled GAN', lookAhead: unrollingSteps },
  });
}
