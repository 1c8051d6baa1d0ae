import * as z from 'zod';
import '../jitless';
import { layerSize } from '../schemaParts';
import { DCGAN_ADAM, discriminatorFamily, discriminatorGame, practiceMisfit } from './adversarial';
import type { FamilyPreset } from './family';
import { pointsMisfit, type Chosen } from './misfit';

const { generator: _generator, discriminator: _discriminator, ...settings } = discriminatorGame;

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
  ...settings,
});
export type DcganSpecification = z.output<typeof dcganSchema>;

export const dcgan = {
  ...discriminatorFamily,
  schema: dcganSchema,
  misfit: (model: DcganSpecification, chosen: Chosen) => pointsMisfit(chosen.data) ?? practiceMisfit(model, chosen),
  preset: (): FamilyPreset => ({ training: { epochs: 10, optimizer: DCGAN_ADAM } }),
};
