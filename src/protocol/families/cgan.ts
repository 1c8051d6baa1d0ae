import * as z from 'zod';
import '../jitless';
import { BATCH_NORM, discriminatorFamily, gamePreset } from './adversarial';
import { ganMisfit, ganSchema } from './gan';
import { labelsMisfit, type Chosen } from './misfit';

export const conditionalGanSchema = ganSchema.extend({
  family: z
    .literal('cgan')
    .describe('Conditional GAN: both networks receive the label, and samples are drawn per class.'),
});
export type ConditionalGanSpecification = z.output<typeof conditionalGanSchema>;

export const cgan = {
  ...discriminatorFamily,
  schema: conditionalGanSchema,
  labeled: true as const,
  misfit: (model: ConditionalGanSpecification, chosen: Chosen) => labelsMisfit(chosen.data) ?? ganMisfit(model, chosen),
  preset: gamePreset({ epochs: 15, points: { kind: 'adam', learningRate: 1e-3, beta1: 0.5 }, images: BATCH_NORM }),
};
