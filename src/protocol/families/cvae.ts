import * as z from 'zod';
import '../jitless';
import { vaeSchema, variationalMetrics } from './vae';

export const conditionalVaeSchema = vaeSchema.extend({
  family: z.literal('cvae').describe('Conditional VAE: a VAE that is told the label, and draws samples of each.'),
});
export type ConditionalVaeSpecification = z.output<typeof conditionalVaeSchema>;

export const cvae = { schema: conditionalVaeSchema, metrics: variationalMetrics };
