import * as tf from '@tensorflow/tfjs-core';
import { bernoulliLoss, convolution, convolutionVariables, trainedNames } from './layers';
import { rasterMask } from './masks';
import { BATCH, adam, type BenchmarkModel, type StepParts } from './model';

const BLOCKS = 7;
const NARROW = 32;
const WIDE = 2 * NARROW;
const blocks = Array.from({ length: BLOCKS }, (_, index) => `block.${index}`);
const variables = [
  ...convolutionVariables('first', [7, 7], 1, WIDE),
  ...blocks.flatMap((block) => [
    ...convolutionVariables(`${block}.in`, [1, 1], WIDE, NARROW),
    ...convolutionVariables(`${block}.masked`, [3, 3], NARROW, NARROW),
    ...convolutionVariables(`${block}.out`, [1, 1], NARROW, WIDE),
  ]),
  ...convolutionVariables('head', [1, 1], WIDE, NARROW),
  ...convolutionVariables('logits', [1, 1], NARROW, 1),
];
const masks = { first: rasterMask(7, 7, 'A'), block: rasterMask(3, 3, 'B') };

/** x + 1×1 (3×3 masked (1×1 (x))), a ReLU before each (van den Oord et al. 2016, figure 5) */
function residual(parts: StepParts, block: string, x: tf.Tensor): tf.Tensor {
  const mask = parts.operations.constant('block.mask', [3, 3, 1, 1], masks.block);
  const inside = convolution(parts, `${block}.in`, tf.relu(x), 1);
  const seen = convolution(parts, `${block}.masked`, tf.relu(inside), 1, mask);
  return tf.add(x, convolution(parts, `${block}.out`, tf.relu(seen), 1));
}

/** PixelCNN for binary images: 7×7 mask A to 64 channels, 7 residual blocks 64-32-32-64, two 1×1 layers. */
export const pixelCnn: BenchmarkModel = {
  name: 'pixelcnn',
  title: 'small PixelCNN',
  variables,
  trained: trainedNames(variables),
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bits', shape: [BATCH, 28, 28, 1] } },
  noise: {},
  step: (parts) => () => {
    const images = parts.inputs.images!;
    const mask = parts.operations.constant('first.mask', [7, 7, 1, 1], masks.first);
    let x = convolution(parts, 'first', images, 1, mask);
    for (const block of blocks) x = residual(parts, block, x);
    x = tf.relu(convolution(parts, 'head', tf.relu(x), 1));
    return bernoulliLoss(parts, images, convolution(parts, 'logits', x, 1));
  },
};
