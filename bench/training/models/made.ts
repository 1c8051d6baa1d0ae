import * as tf from '@tensorflow/tfjs-core';
import { bernoulliLoss, denseVariables, trainedNames } from './layers';
import { BATCH, adam, type BenchmarkModel, type StepParts } from './model';

const PIXELS = 784;
const HIDDEN = 500;
const variables = [...denseVariables('hidden', PIXELS, HIDDEN), ...denseVariables('logits', HIDDEN, PIXELS)];

/** How many pixels a hidden unit may see, 1 to 783 in turn (Germain et al. 2015, section 4). */
const degree = (unit: number) => 1 + (unit % (PIXELS - 1));

/** Hidden unit k sees pixel i (counted from 1) where m(k) ≥ i: [784, 500] */
function hiddenMask(): Float32Array {
  return Float32Array.from({ length: PIXELS * HIDDEN }, (_, at) =>
    Number(degree(at % HIDDEN) >= Math.floor(at / HIDDEN) + 1),
  );
}

/** Output d sees hidden unit k where d > m(k): [500, 784] */
function outputMask(): Float32Array {
  return Float32Array.from({ length: HIDDEN * PIXELS }, (_, at) =>
    Number((at % PIXELS) + 1 > degree(Math.floor(at / PIXELS))),
  );
}

const masks = { hidden: hiddenMask(), logits: outputMask() };

function masked({ operations, variable }: StepParts, name: keyof typeof masks, x: tf.Tensor): tf.Tensor {
  const kernel = variable(`${name}.kernel`);
  const mask = operations.constant(`${name}.mask`, kernel.shape, masks[name]);
  return operations.addBias(tf.matMul(x as tf.Tensor2D, tf.mul(kernel, mask) as tf.Tensor2D), variable(`${name}.bias`));
}

/** Germain et al. 2015: 784-500-784 with masked kernels, on binary images. */
export const made: BenchmarkModel = {
  name: 'made',
  title: 'MADE-500',
  variables,
  trained: trainedNames(variables),
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bits', shape: [BATCH, PIXELS] } },
  noise: {},
  step: (parts) => () => {
    const images = parts.inputs.images!;
    return bernoulliLoss(parts, images, masked(parts, 'logits', tf.relu(masked(parts, 'hidden', images))));
  },
};
