import * as tf from '@tensorflow/tfjs-core';
import { convolution, masked, rasterMask, type LayerScope } from '../../../src/models/layers';
import { bernoulliLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';

const LENGTH = 28;
const CHANNELS = 32;
const GATES = 4 * CHANNELS;
const ROW = [1, 3] as const;
const masks = { first: rasterMask([7, 7], 'A'), row: rasterMask(ROW, 'B') };

/** Row by row, from the top: gates [batch, 28, 28, 128] of the input → hidden states [batch, 28, 28, 32] */
function rows(scope: LayerScope, gatesOfInput: tf.Tensor): tf.Tensor {
  const shape = [BATCH, 1, LENGTH, CHANNELS];
  let hidden: tf.Tensor = tf.zeros(shape);
  let cell: tf.Tensor = tf.zeros(shape);
  const states = tf.split(gatesOfInput, LENGTH, 1).map((fromInput) => {
    const gates = tf.add(fromInput, convolution(scope, 'state_to_state', hidden, GATES, { kernel: ROW }));
    const [output, forget, input, content] = tf.split(gates, 4, 3) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const kept = tf.mul(tf.sigmoid(forget), cell);
    cell = tf.add(kept, tf.mul(tf.sigmoid(input), tf.tanh(content)));
    hidden = tf.mul(tf.sigmoid(output), tf.tanh(cell));
    return hidden;
  });
  return tf.concat(states, 1);
}

/** One Row LSTM layer (van den Oord et al. 2016, section 3.1) with 32 channels, unrolled over the 28 rows. */
export const rowLstm: BenchmarkModel = {
  name: 'row-lstm',
  title: 'Row LSTM, one layer',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bits', shape: [BATCH, LENGTH, LENGTH, 1] } },
  noise: {},
  step: (scope, { images }) => ({
    loss: () => {
      const [a, b] = [masks.first, masks.row].map((mask) => ({ parametrization: masked(mask) }));
      const x = convolution(scope, 'first', images!, CHANNELS, { kernel: 7, ...a });
      const gates = convolution(scope, 'input_to_state', x, GATES, { kernel: ROW, ...b });
      const seen = tf.relu(convolution(scope, 'head', tf.relu(rows(scope, gates)), CHANNELS, { kernel: 1 }));
      return bernoulliLoss(images!, convolution(scope, 'logits', seen, 1, { kernel: 1 }));
    },
  }),
};
