import * as z from 'zod';
import './jitless';
import { choice, positiveInteger } from './schemaParts';

export const dataSchema = z.strictObject({
  set: choice({
    mnist: 'MNIST handwritten digits, 28×28, included with the extension.',
    idx: 'Files in MNIST’s format (Fashion-MNIST, …) in the folder “path”.',
    ring: 'Points on a plane: Gaussians on a circle of radius 2, labeled by mode.',
    grid: 'Points on a plane: Gaussians on a square grid, 2 apart, labeled by mode.',
    swissRoll: 'Points on a plane: a spiral within the unit circle.',
  })
    .default('mnist')
    .describe('Data set.'),
  path: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('Folder that contains the four idx files, relative to the specification.'),
  binarization: choice({
    none: 'Gray values unchanged, used as probabilities.',
    dynamic: 'Black and white, resampled at every training step.',
    static: 'Black and white, sampled once.',
  })
    .default('none')
    .describe('Binarization of gray values.'),
  limit: positiveInteger.optional().describe('Use only the first n training examples and the first n test examples.'),
  modes: positiveInteger
    .optional()
    .describe('Number of Gaussians of a ring (8 if absent) or a grid (25 if absent; a square number).'),
  deviation: z
    .number()
    .min(0)
    .max(10)
    .optional()
    .describe('Standard deviation of each Gaussian, or of the noise around a spiral: 0.02, of a grid 0.05, if absent.'),
});

export type DataSpecification = z.output<typeof dataSchema>;
