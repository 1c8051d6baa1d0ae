import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { addBias, batchNormalization, softmaxCrossEntropy } from '../../../../src/engine/ops';
import { everyBackend, use } from './support';

/** What a gradient that nobody differentiates again must call, besides reshaping: each once. */
const cases: Readonly<Record<string, { loss: (x: tf.Tensor) => tf.Tensor; forward: string[]; backward: string[] }>> = {
  tanh: { loss: tf.tanh, forward: ['Tanh'], backward: ['LatentTanhGradient'] },
  sigmoid: { loss: tf.sigmoid, forward: ['Sigmoid'], backward: ['LatentSigmoidGradient'] },
  relu: { loss: tf.relu, forward: ['Relu'], backward: ['LatentReluGradient'] },
  leakyRelu: { loss: tf.leakyRelu, forward: ['LeakyRelu'], backward: ['LatentLeakyReluGradient'] },
  elu: { loss: tf.elu, forward: ['Elu'], backward: ['LatentEluGradient'] },
  softplus: { loss: tf.softplus, forward: ['Softplus'], backward: ['LatentSoftplusGradient'] },
  exp: { loss: tf.exp, forward: ['Exp'], backward: ['Multiply'] },
  softmax: { loss: (x) => tf.softmax(x), forward: ['Softmax'], backward: ['Multiply', 'Sum', 'Multiply', 'Sub'] },
  addBias: {
    loss: (x) => addBias(tf.ones([3, 2]), tf.reshape(x, [2]) as tf.Tensor1D),
    forward: ['LatentAddBias'],
    backward: ['LatentBiasGradient'],
  },
  batchNormalization: {
    loss: (x) => batchNormalization(x, tf.ones([1]) as tf.Tensor1D, tf.zeros([1]) as tf.Tensor1D).output,
    forward: ['LatentBatchNormalization'],
    backward: ['LatentBatchNormalizationGradient'],
  },
  softmaxCrossEntropy: {
    loss: (x) => softmaxCrossEntropy(tf.tensor2d([[0.5], [0.5]]), x as tf.Tensor2D),
    forward: ['LatentSoftmaxCrossEntropy', 'LatentCrossEntropyLoss'],
    backward: ['Multiply'],
  },
};

/** Views of the same values. */
const free = ['Identity', 'Reshape', 'ExpandDims'];

describe.each(everyBackend)('on %s', (name) => {
  it.each(Object.keys(cases))('a first gradient of %s computes nothing twice', async (key) => {
    await use(name);
    const { loss, forward, backward } = cases[key]!;
    tf.tidy(() => {
      const x = tf.tensor2d([[0.3], [-0.7]]);
      const dy = tf.onesLike(loss(x));
      const called: string[] = [];
      const engine = tf.engine();
      const original = engine.runKernel.bind(engine);
      engine.runKernel = ((kernel: string, ...rest: [never, never]) => {
        // Kernels that are put together from others call these inside.
        if (engine.state.kernelDepth === 0 && !free.includes(kernel)) called.push(kernel);
        return original(kernel, ...rest);
      }) as typeof engine.runKernel;
      try {
        tf.grad(loss)(x, dy);
      } finally {
        engine.runKernel = original;
      }
      expect(called).toEqual([...forward, ...backward]);
    });
  });
});
