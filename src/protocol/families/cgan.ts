import * as z from 'zod';
import '../jitless';
import type { DataSpecification } from '../dataSpecification';
import { labelsMisfit } from './misfit';
import { gamePreset } from './adversarial';
import { gan, ganSchema } from './gan';

export const conditionalGanSchema = ganSchema.extend({
  family: z
    .literal('cgan')
    .describe('Conditional GAN: both networks receive the label, and samples are drawn per class.'),
});
export type ConditionalGanSpecification = z.output<typeof conditionalGanSchema>;

export const cgan = {
  ...gan,
  misfit: (model: ConditionalGanSpecification, data: DataSpecification) =>
    labelsMisfit(data) ?? gan.misfit(model, data),
  schema: conditionalGanSchema,
  preset: gamePreset({ epochs: 15, points: { kind: 'adam', learningRate: 1e-3, beta1: 0.5 } }),
};
