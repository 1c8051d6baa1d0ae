import { assertNever } from '../common/assertNever';
import type { DataShape } from '../protocol/capabilities';
import { DATA_TITLES } from '../protocol/dataTitles';
import type { DataSpecification, Specification } from '../protocol/specification';
import { createAutoencoder } from './ae';
import type { ModelContext } from './context';
import { createConditionalVae } from './cvae';
import type { Model } from './model';
import { createVae } from './vae';

export { ModelError } from './error';

/**
 * The model that a specification asks for, for examples of a shape and a number of classes, where they have labels. Throws
 * {@link ModelError} where the examples are not of a kind that the family can learn.
 */
export function createModel(specification: Specification, data: DataShape, classes?: number): Model {
  const { model, training } = specification;
  const context: ModelContext = {
    data,
    classes,
    training,
    dataTitle: titleOf(specification.data),
  };
  switch (model.family) {
    case 'vae':
      return createVae(model, context);
    case 'cvae':
      return createConditionalVae(model, context);
    case 'ae':
      return createAutoencoder(model, context);
    default:
      return assertNever(model);
  }
}

/** "MNIST", or the name of the folder that the data come from. */
function titleOf(data: DataSpecification): string {
  if (data.set !== 'idx') return DATA_TITLES[data.set];
  return data.path?.split(/[\\/]/).findLast((part) => part !== '' && part !== '.') ?? 'images';
}
