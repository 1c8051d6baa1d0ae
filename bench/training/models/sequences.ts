import * as tf from '@tensorflow/tfjs-core';
import { constant, sparseSoftmaxCrossEntropy } from '../../../src/engine/ops';
import type { Initializer } from '../../../src/engine/program';
import { convolution, dense, embedding, layerNorm, masked, rasterMask } from '../../../src/models/layers';
import { variable, type LayerScope, type Mask } from '../../../src/models/layers';
import { bernoulliLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';

const PIXELS = 784;
const HIDDEN = 50;
const uniform = (inputs: number): Initializer => ({ kind: 'uniform', limit: 1 / Math.sqrt(inputs) });

/** Larochelle & Murray 2011: hidden units of pixel d are σ(c + Σ x W over the pixels before d), its logit h · V + b. */
function nadeVariables(scope: LayerScope) {
  const read = (name: string, shape: number[], initializer: Initializer) =>
    variable(scope, { name, shape, initializer });
  return {
    into: read('into.kernel', [PIXELS, HIDDEN], uniform(PIXELS)),
    hiddenBias: read('into.bias', [HIDDEN], { kind: 'zeros' }),
    out: read('out.kernel', [PIXELS, HIDDEN], uniform(HIDDEN)),
    outBias: read('out.bias', [PIXELS], { kind: 'zeros' }),
  };
}

const nadeShared = {
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bits', shape: [32, PIXELS] } },
  noise: {},
  twins: ['pytorch'],
} as const;

export const nade: BenchmarkModel = {
  ...nadeShared,
  name: 'nade',
  title: 'NADE as a cumulative sum',
  step: (scope, { images }) => ({
    loss: () => {
      const { into, hiddenBias, out, outBias } = nadeVariables(scope);
      const terms = tf.mul(tf.expandDims(images!, 2), into);
      const hidden = tf.sigmoid(tf.add(tf.cumsum(terms, 1, true), hiddenBias));
      return bernoulliLoss(images!, tf.add(tf.sum(tf.mul(hidden, out), 2), outBias));
    },
  }),
};

export const nadeUnrolled: BenchmarkModel = {
  ...nadeShared,
  name: 'nade-unrolled',
  title: 'NADE unrolled over 784 pixels',
  step: (scope, { images }) => ({
    loss: () => {
      const { into, hiddenBias, out, outBias } = nadeVariables(scope);
      const [rows, columns, pixels] = [tf.unstack(into), tf.unstack(out), tf.split(images!, PIXELS, 1)];
      let sum: tf.Tensor = tf.tile(tf.expandDims(hiddenBias, 0), [32, 1]);
      const logits = pixels.map((pixel, index) => {
        const logit = tf.sum(tf.mul(tf.sigmoid(sum), columns[index]!), 1);
        sum = tf.add(sum, tf.mul(pixel, rows[index]!));
        return logit;
      });
      return bernoulliLoss(images!, tf.add(tf.stack(logits, 1), outBias));
    },
  }),
};

const TOKENS = 127;
const WIDTH = 64;
const HEADS = 4;

/** [batch · tokens, width] → the same; each token attends to itself and those before it (Vaswani et al. 2017, section 3.2). */
function attention(scope: LayerScope, name: string, x: tf.Tensor): tf.Tensor {
  const batch = x.shape[0]! / TOKENS;
  const split = tf.split(dense(scope, `${name}.in`, x, 3 * WIDTH), 3, 1).map((part) => {
    return tf.transpose(tf.reshape(part, [batch, TOKENS, HEADS, WIDTH / HEADS]), [0, 2, 1, 3]);
  });
  const [query, key, value] = split as [tf.Tensor, tf.Tensor, tf.Tensor];
  const scores = tf.div(tf.matMul(query, key, false, true), Math.sqrt(WIDTH / HEADS));
  const heads = tf.matMul(tf.softmax(tf.add(scores, constant(FUTURE, [TOKENS, TOKENS]))), value);
  return dense(scope, `${name}.out`, tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [-1, WIDTH]), WIDTH);
}
const FUTURE = Float32Array.from({ length: TOKENS ** 2 }, (_, at) =>
  at % TOKENS > Math.floor(at / TOKENS) ? -1e9 : 0,
);

export const transformer: BenchmarkModel = {
  name: 'transformer',
  title: 'causal transformer, 2 blocks',
  optimizer: adam(1e-3),
  inputs: { tokens: { kind: 'levels', shape: [16, TOKENS + 1] } },
  noise: {},
  twins: ['pytorch'],
  step: (scope, { tokens }) => ({
    loss: () => {
      const whole = tf.cast(tokens!, 'int32');
      const [given, next] = [tf.slice(whole, [0, 0], [16, TOKENS]), tf.slice(whole, [0, 1], [16, TOKENS])];
      const place = {
        name: 'places',
        shape: [TOKENS, WIDTH],
        initializer: { kind: 'normal', deviation: 0.02 },
      } as const;
      const looked = embedding(scope, 'tokens', given, { count: 256, size: WIDTH });
      let x: tf.Tensor = tf.reshape(tf.add(looked, variable(scope, place)), [-1, WIDTH]);
      for (const block of ['block.0', 'block.1']) {
        x = tf.add(x, attention(scope, `${block}.attention`, layerNorm(scope, `${block}.norm.0`, x)));
        const wide = tf.relu(dense(scope, `${block}.wide`, layerNorm(scope, `${block}.norm.1`, x), 4 * WIDTH));
        x = tf.add(x, dense(scope, `${block}.narrow`, wide, WIDTH));
      }
      const logits = dense(scope, 'logits', layerNorm(scope, 'norm', x), 256);
      return tf.mean(sparseSoftmaxCrossEntropy(tf.reshape(next, [-1]), logits));
    },
  }),
};

/** An LSTM of 128 units (Hochreiter & Schmidhuber 1997) over 20 rows of 28 bits, each predicted from those before. */
export const lstm: BenchmarkModel = {
  name: 'lstm',
  title: 'LSTM, 20 steps',
  optimizer: adam(1e-3),
  inputs: { rows: { kind: 'bits', shape: [BATCH, 20, 28] } },
  noise: {},
  twins: ['pytorch'],
  step: (scope, { rows }) => ({
    loss: () => {
      let [hidden, cell]: tf.Tensor[] = [tf.zeros([BATCH, 128]), tf.zeros([BATCH, 128])];
      const logits = tf.unstack(rows!, 1).map((row) => {
        const prediction = dense(scope, 'logits', hidden!, 28);
        const gates = dense(scope, 'gates', tf.concat([row, hidden!], 1), 4 * 128);
        const [input, forget, content, output] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        cell = tf.add(tf.mul(tf.sigmoid(forget), cell!), tf.mul(tf.sigmoid(input), tf.tanh(content)));
        hidden = tf.mul(tf.sigmoid(output), tf.tanh(cell));
        return prediction;
      });
      return bernoulliLoss(rows!, tf.stack(logits, 1));
    },
  }),
};

const FEATURES = 32;
/** The rows above, in the first layer without the pixel's own: then all that the stack knows is above. */
const above = (own: boolean): Mask => ({
  shape: [3, 3, 1, 1],
  values: Float32Array.from({ length: 9 }, (_, at) => Number(at < (own ? 6 : 3))),
});
const before = { A: rasterMask([1, 3], 'A'), B: rasterMask([1, 3], 'B') };

function gated(x: tf.Tensor): tf.Tensor {
  const [content, gate] = tf.split(x, 2, 3) as [tf.Tensor, tf.Tensor];
  return tf.mul(tf.tanh(content), tf.sigmoid(gate));
}

/** van den Oord et al. 2016, "Conditional Image Generation with PixelCNN Decoders", figure 2: a stack of rows and one of pixels. */
export const gatedPixelCnn: BenchmarkModel = {
  name: 'gated-pixelcnn',
  title: 'gated PixelCNN, 256 values',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'levels', shape: [16, 28, 28, 1] } },
  noise: {},
  twins: ['pytorch'],
  step: (scope, { images }) => ({
    loss: () => {
      let vertical: tf.Tensor = tf.div(images!, 255);
      let horizontal = vertical;
      for (const layer of [0, 1, 2, 3]) {
        const name = `layer.${layer}`;
        const rows = { kernel: 3, parametrization: masked(above(layer > 0)) } as const;
        const pixels = { kernel: [1, 3] as const, parametrization: masked(before[layer > 0 ? 'B' : 'A']) };
        const down = convolution(scope, `${name}.vertical`, vertical, 2 * FEATURES, rows);
        const across = convolution(scope, `${name}.horizontal`, horizontal, 2 * FEATURES, pixels);
        const joined = tf.add(across, convolution(scope, `${name}.between`, down, 2 * FEATURES, { kernel: 1 }));
        const out = convolution(scope, `${name}.out`, gated(joined), FEATURES, { kernel: 1 });
        horizontal = layer > 0 ? tf.add(horizontal, out) : out;
        vertical = gated(down);
      }
      const logits = convolution(scope, 'logits', tf.relu(horizontal), 256, { kernel: 1 });
      const labels = tf.cast(tf.reshape(images!, [-1]), 'int32') as tf.Tensor1D;
      return tf.mean(sparseSoftmaxCrossEntropy(labels, tf.reshape(logits, [-1, 256])));
    },
  }),
};
