import type { ConditionalVaeSpecification } from '../protocol/specification';
import type { ModelContext } from './context';
import { ModelError } from './error';
import type { Model } from './model';
import { variationalAutoencoder } from './vae';

/**
 * The conditional variational autoencoder of Sohn, Lee & Yan, "Learning Structured Output Representation using Deep
 * Conditional Generative Models" (2015), for images x of classes y, as in Kingma et al. (2014), model M2, with y observed:
 *
 *   p(z) = N(0, I), whatever y is;   p(x|z, y);   q(z|x, y) = N(μ(x, y), diag σ²(x, y))
 *   −ELBO = −1/L Σₗ log p(x|zₗ, y) + KL(q(z|x, y) ‖ p(z))                       (Sohn et al., equation 4)
 *
 * Both networks get y as a one-hot vector in their first layer; what z is left to say is what the classes have in common
 * (in which hand a digit is written). So samples can be asked for by class, and an image can be given another class
 * while its z stays.
 *
 * Throws {@link ModelError} for images without labels.
 */
export function createConditionalVae(specification: ConditionalVaeSpecification, context: ModelContext): Model {
  const { classes } = context;
  if (classes === undefined) {
    throw new ModelError(
      'A conditional VAE learns from labels, and the training and test images of this data set do not both have them.',
      'Put their label files beside them, or train the family "vae".',
    );
  }
  return variationalAutoencoder(specification, context, classes);
}
