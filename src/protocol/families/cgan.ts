import * as z from 'zod';
import '../jitless';
import { gan, ganSchema } from './gan';

export const conditionalGanSchema = ganSchema.extend({
  family: z
    .literal('cgan')
    .describe('Conditional GAN: both networks receive the label, and samples are drawn per class.'),
});
export type ConditionalGanSpecification = z.output<typeof conditionalGanSchema>;

export const cgan = { ...gan, schema: conditionalGanSchema, set: undefined };
