import * as tf from '@tensorflow/tfjs-core';
import { bernoulliLoss, convolution, convolutionVariables, trainedNames } from './layers';
import { rasterMask } from './masks';
import { BATCH, adam, type BenchmarkModel, type StepParts } from './model';

const LENGTH = 28;
const CHANNELS = 32;
const GATES = 4 * CHANNELS;
const variables = [
  ...convolutionVariables('first', [7, 7], 1, CHANNELS),
  ...convolutionVariables('input_to_state', [1, 3], CHANNELS, GATES),
  ...convolutionVariables('state_to_state', [1, 3], CHANNELS, GATES),
  ...convolutionVariables('head', [1, 1], CHANNELS, CHANNELS),
  ...convolutionVariables('logits', [1, 1], CHANNELS, 1),
];
const masks = { first: rasterMask(7, 7, 'A'), row: rasterMask(1, 3, 'B') };

/** Row by row, from the top: gates [batch, 28, 28, 128] of the input → hidden states [batch, 28, 28, 32] */
function rows(parts: StepParts, gatesOfInput: tf.Tensor): tf.Tensor {
  const shape = [BATCH, 1, LENGTH, CHANNELS];
  let hidden: tf.Tensor = tf.zeros(shape);
  let cell: tf.Tensor = tf.zeros(shape);
  const states = tf.split(gatesOfInput, LENGTH, 1).map((fromInput) => {
    const gates = tf.add(fromInput, convolution(parts, 'state_to_state', hidden, 1));
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
  variables,
  trained: trainedNames(variables),
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bits', shape: [BATCH, LENGTH, LENGTH, 1] } },
  noise: {},
  step: (parts) => () => {
    const { constant } = parts.operations;
    const images = parts.inputs.images!;
    const x = convolution(parts, 'first', images, 1, constant('first.mask', [7, 7, 1, 1], masks.first));
    const gates = convolution(parts, 'input_to_state', x, 1, constant('row.mask', [1, 3, 1, 1], masks.row));
    const seen = tf.relu(convolution(parts, 'head', tf.relu(rows(parts, gates)), 1));
    return bernoulliLoss(parts, images, convolution(parts, 'logits', seen, 1));
  },
};
