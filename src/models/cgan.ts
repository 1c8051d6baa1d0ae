import type { ConditionalGanSpecification } from '../protocol/families/cgan';
import type { ModelContext } from './context';
import { ModelError } from './error';
import { gameModel } from './gameModel';
import { discriminatorGame } from './gan';
import type { Model } from './model';

/**
 * The conditional GAN of Mirza & Osindero, "Conditional Generative Adversarial Nets" (2014): both players are given the label y as a
 * one-hot vector in their first layer,
 *
 *   min_G max_D E_(x, y) log D(x|y) + E_(z, y) log(1 − D(G(z|y)|y))                                  (equation 2)
 *
 * with the labels y of the data in the batch for the samples, too.
 *
 * Throws {@link ModelError} for examples without labels.
 */
export function createConditionalGan(specification: ConditionalGanSpecification, context: ModelContext): Model {
  const { classes } = context;
  if (classes === undefined) {
    throw new ModelError(
      'A conditional GAN learns from labels, and the training and test sets do not both have them.',
      'Put their label files beside them, or train the family "gan".',
    );
  }
  return gameModel({ ...discriminatorGame(specification, context, classes), classes, title: 'Conditional GAN' });
}
