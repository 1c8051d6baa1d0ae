import * as z from 'zod';
import './jitless';
import { choice, positiveInteger } from './schemaParts';

/** Larger images are out of reach of the models here, and a batch of them of most machines. */
const imageSide = positiveInteger.max(1024);

export const dataSchema = z.strictObject({
  set: choice({
    mnist: 'MNIST handwritten digits, 28×28, included with the extension.',
    idx: 'Files in MNIST’s format (Fashion-MNIST, KMNIST, EMNIST, …) in the folder “path”.',
    cifar10: 'CIFAR-10 photographs, 32×32×3, in the binary files of the folder “path”.',
    images:
      'Image files in the folder “path” and its sub-folders: PNG, JPEG, WebP, GIF and BMP. Sub-folders are taken as labels.',
    numpy: 'Images in the NumPy file “path”: .npy, or .npz with labels and test images if it has them.',
    freyFace: 'Frey Face: photographs of a face, 28×20, in the MATLAB file “path” (frey_rawface.mat).',
    points: 'Points on a plane in the file “path”: two columns of numbers in a CSV file, or a NumPy array [count, 2].',
    ring: 'Points on a plane: Gaussians on a circle of radius 2, labeled by mode.',
    grid: 'Points on a plane: Gaussians on a square grid, 2 apart, labeled by mode.',
    swissRoll: 'Points on a plane: a spiral within the unit circle.',
    linearGaussian:
      'Points on a plane: x = W z + μ + noise with z ~ N(0, 1), a correlated Gaussian of known covariance.',
  })
    .default('mnist')
    .describe('Data set.'),
  path: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe(
      'Folder that contains the idx files, the files of CIFAR-10, or the images, or file of NumPy arrays or points; relative to the specification.',
    ),
  split: choice({
    balanced: '47 classes of letters and digits, equally frequent.',
    byclass: '62 classes: digits, capitals and small letters, as frequent as they are.',
    bymerge: '47 classes: letters whose two forms look alike are one class.',
    digits: '10 digits.',
    letters: '26 letters, capitals and small ones together.',
    mnist: '10 digits, as many as MNIST has.',
  })
    .optional()
    .describe('Split of EMNIST, where the folder of idx files holds several.'),
  size: z
    .union([imageSide, z.tuple([imageSide, imageSide])])
    .optional()
    .describe(
      'Height and width in pixels to which images are scaled, one number for both; 64 if absent. Of NumPy arrays with one row of numbers per image: height and width of an image.',
    ),
  channels: z
    .union([z.literal(1), z.literal(3)])
    .optional()
    .describe('Channels of each image: 1 for gray, 3 for RGB (if absent).'),
  fit: choice({
    crop: 'Scaled to cover the size, then cut off equally on both sides.',
    fit: 'Scaled to fit into the size, with black borders.',
  })
    .optional()
    .describe('How images of another aspect ratio are made to fit the size: crop if absent.'),
  testShare: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe(
      'Share of the examples that are test examples: 0.1 if absent. Unused if the folder or file has training and test examples.',
    ),
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
    .describe('Number of Gaussians of a ring (8 if absent) or a grid (25 if absent; a square number), at most 256.'),
  deviation: z
    .number()
    .min(0)
    .max(10)
    .optional()
    .describe(
      'Standard deviation of each Gaussian, or of the noise around a spiral or a line: 0.02, of a grid 0.05, of a linear Gaussian 0.3, if absent.',
    ),
});

export type DataSpecification = z.output<typeof dataSchema>;
