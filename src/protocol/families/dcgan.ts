import * as z from 'zod';
import '../jitless';
import { layerSize } from '../schemaParts';
import { DCGAN_ADAM, discriminatorMetrics, gameLatent, practice, prior } from './adversarial';
import type { DataSpecification } from '../dataSpecification';
import { binarizationMisfit, pointsMisfit } from './misfit';
import type { FamilyPreset } from './family';

export const dcganSchema = z.strictObject({
  family: z
    .literal('dcgan')
    .describe('Deep convolutional GAN: strided convolutions and batch normalization, for images.'),
  channels: z
    .array(layerSize)
    .min(1)
    .max(16)
    .default([64, 128])
    .describe('Channels of each 4×4 convolution of stride 2 of the discriminator, mirrored in the generator.'),
  latent: gameLatent,
  prior,
  ...practice,
});
export type DcganSpecification = z.output<typeof dcganSchema>;

export const dcgan = {
  schema: dcganSchema,
  metrics: discriminatorMetrics,
  samples: true,
  misfit: (_model: DcganSpecification, data: DataSpecification) => pointsMisfit(data) ?? binarizationMisfit(data),
  optimizers: ['discriminator', 'generator'],
  preset: (): FamilyPreset => ({ training: { epochs: 10, optimizer: DCGAN_ADAM } }),
};
