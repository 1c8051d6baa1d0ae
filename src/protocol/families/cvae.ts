import * as z from 'zod';
import '../jitless';
import { labelsMisfit, type Chosen } from './misfit';
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
  labeled: true as const,
  misfit: (model: ConditionalVaeSpecification, chosen: Chosen) =>
    labelsMisfit(chosen.data) ?? variationalMisfit(model, chosen),
};
