import { assertNever } from '../common/assertNever';
import type { DataShape } from '../protocol/capabilities';
import { dataTitle } from '../protocol/dataTitles';
import { extentOf, isPointSet, mixtureOf } from '../protocol/mixtures';
import type { ModelSpecification, Specification } from '../protocol/specification';
import { createAutoencoder } from './ae';
import type { ModelContext } from './context';
import { createConditionalGan } from './cgan';
import { createConditionalVae } from './cvae';
import { createDcgan } from './dcgan';
import { createGan } from './gan';
import type { Model } from './model';
import { withModes } from './modes';
import { withNeighbors } from './neighbors';
import { createUnrolledGan } from './unrolledGan';
import { createVae } from './vae';
import { createWgan } from './wgan';
import { createWganGp } from './wganGp';

export { ModelError } from './error';

/**
 * The model that a specification asks for, for examples of a shape and a number of classes, where they have labels. Throws
 * {@link ModelError} where the examples are not of a kind that the family can learn.
 *
 * @param extent of points that are read from a file: half the side of a square around the origin that holds them
 */
export function createModel(specification: Specification, data: DataShape, classes?: number, extent?: number): Model {
  const { model, training } = specification;
  const points = isPointSet(specification.data) ? specification.data : undefined;
  const context: ModelContext = {
    ...{ data, classes, training, dataTitle: dataTitle(specification.data) },
    extent: points ? extentOf(points) : extent,
    mixture: points && mixtureOf(points),
  };
  return withNeighbors(withModes(familyModel(model, context), context));
}

function familyModel(model: ModelSpecification, context: ModelContext): Model {
  switch (model.family) {
    case 'vae':
      return createVae(model, context);
    case 'cvae':
      return createConditionalVae(model, context);
    case 'ae':
      return createAutoencoder(model, context);
    case 'gan':
      return createGan(model, context);
    case 'cgan':
      return createConditionalGan(model, context);
    case 'dcgan':
      return createDcgan(model, context);
    case 'unrolled-gan':
      return createUnrolledGan(model, context);
    case 'wgan':
      return createWgan(model, context);
    case 'wgan-gp':
      return createWganGp(model, context);
    default:
      return assertNever(model);
  }
}
