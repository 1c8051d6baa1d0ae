import * as z from 'zod';
import '../jitless';
import type { DataSpecification } from '../dataSpecification';
import { labelsMisfit } from './misfit';
import { vaeSchema, variationalMetrics, variationalMisfit } from './vae';

export const conditionalVaeSchema = vaeSchema.extend({
  family: z
    .literal('cvae')
    .describe('Conditional VAE: both networks receive the label, and samples are drawn per class.'),
});
export type ConditionalVaeSpecification = z.output<typeof conditionalVaeSchema>;

export const cvae = {
  schema: conditionalVaeSchema,
  metrics: variationalMetrics,
  samples: true,
  misfit: (model: ConditionalVaeSpecification, data: DataSpecification) =>
    labelsMisfit(data) ?? variationalMisfit(model, data),
};
