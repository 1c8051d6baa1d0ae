import type { DcganSpecification } from '../protocol/families/dcgan';
import { exampleShape } from '../protocol/dataShape';
import type { ModelContext } from './context';
import { gameModel } from './gameModel';
import { practiceOf } from './gan';
import { normal } from './layers';
import type { Model } from './model';
import { packedShape } from './packing';
import { createGenerator, createJudge } from './players';

/**
 * The deep convolutional GAN of Radford, Metz & Chintala, "Unsupervised Representation Learning with Deep Convolutional Generative
 * Adversarial Networks" (2015), section 3: strided convolutions and transposed ones in place of pooling, batch normalization in all
 * layers but the generator's last and the discriminator's first, no hidden dense layers, ReLU and at last tanh in the generator,
 * leaky ReLU of slope 0.2 in the discriminator, weights from N(0, 0.02²); data and samples are normalized in batches of their own.
 *
 * Throws {@link ModelError} for examples that are no images.
 */
export function createDcgan(specification: DcganSpecification, context: ModelContext): Model {
  const { channels, latent, packing } = specification;
  const shape = exampleShape(context.data);
  const common = { condition: 0, normalization: 'batch', initialization: normal(0.02) } as const;
  const convolutional = { kind: 'convolutional', channels } as const;
  return gameModel({
    ...practiceOf(specification, context),
    ...{ family: 'dcgan', title: 'DCGAN' },
    generator: createGenerator({
      ...{ ...common, network: { ...convolutional, activation: 'relu' }, shape, latent, bounded: true },
    }),
    judge: createJudge('discriminator', {
      ...{ ...common, network: { ...convolutional, activation: 'leakyRelu' }, shape: packedShape(shape, packing) },
    }),
  });
}
