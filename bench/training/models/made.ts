import * as tf from '@tensorflow/tfjs-core';
import { degreeMask, dense, hiddenDegrees, masked, naturalDegrees } from '../../../src/models/layers';
import { bernoulliLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';

const PIXELS = 784;
const HIDDEN = 500;
const [pixels, hidden] = [naturalDegrees(PIXELS), hiddenDegrees(HIDDEN, PIXELS)];
const masks = { hidden: degreeMask(pixels, hidden), logits: degreeMask(hidden, pixels, true) };

/** Germain et al. 2015: 784-500-784 with masked kernels, on binary images. */
export const made: BenchmarkModel = {
  name: 'made',
  title: 'MADE-500',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bits', shape: [BATCH, PIXELS] } },
  noise: {},
  step: (scope, { images }) => ({
    loss: () => {
      const x = tf.relu(dense(scope, 'hidden', images!, HIDDEN, { parametrization: masked(masks.hidden) }));
      return bernoulliLoss(images!, dense(scope, 'logits', x, PIXELS, { parametrization: masked(masks.logits) }));
    },
  }),
};
