import { assertNever } from '../common/assertNever';
import type { ImageShape } from '../common/imageShape';
import type { DataSpecification, Specification } from '../protocol/specification';
import { createAutoencoder } from './ae';
import type { ModelContext } from './context';
import type { Model } from './model';
import { createVae } from './vae';

/** The model that a specification asks for, for images of [height, width, channel]. */
export function createModel(specification: Specification, imageShape: ImageShape): Model {
  const { model, training } = specification;
  const context: ModelContext = {
    imageShape,
    training,
    dataTitle: titleOf(specification.data),
  };
  switch (model.family) {
    case 'vae':
      return createVae(model, context);
    case 'ae':
      return createAutoencoder(model, context);
    default:
      return assertNever(model);
  }
}

/** "MNIST", or the name of the folder that the data come from. */
function titleOf(data: DataSpecification): string {
  if (data.set === 'mnist') return 'MNIST';
  return data.path?.split(/[\\/]/).findLast((part) => part !== '' && part !== '.') ?? 'images';
}
