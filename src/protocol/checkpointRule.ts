import * as z from 'zod';
import './jitless';
import { choice, positiveInteger, stepsOrEpoch } from './schemaParts';

export const checkpointsSchema = z.strictObject({
  every: stepsOrEpoch.default('epoch').describe('Write a checkpoint every n steps, or after every epoch.'),
  keepLast: positiveInteger.default(3).describe('Number of the newest checkpoints to keep.'),
  keepBest: z
    .strictObject({
      metric: z.string().min(1).max(200).describe('Tag of a logged scalar, such as test/negative_elbo.'),
      mode: choice({ min: 'Lower is better.', max: 'Higher is better.' })
        .default('min')
        .describe('Whether lower or higher values are better.'),
    })
    .optional()
    .describe('Also keep the best checkpoint by a metric.'),
  keepEvery: positiveInteger.optional().describe('Also keep one checkpoint for every n steps.'),
});

export type CheckpointRule = z.output<typeof checkpointsSchema>;
