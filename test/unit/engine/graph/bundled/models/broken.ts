import * as tf from '@tensorflow/tfjs-core';
import type { ProgramFunction } from '../../../../../../src/engine/program';
import { shift } from './shift';

const inputs = { x: { shape: [2, 3], dtype: 'float32' } } as const;

/** Functions that no runner compiles, as a model's author may write them. */
export const broken: Readonly<Record<string, ProgramFunction>> = {
  reads: { inputs, body: (_scope, { x }) => ({ y: brightness(x!) }) },
  gathers: { inputs, body: (_scope, { x }) => ({ y: tf.tidy(() => embed(x!)) }) },
  shifts: { inputs, body: (_scope, { x }) => ({ y: shift(x!) }) },
};

function brightness(x: tf.Tensor): tf.Tensor {
  return tf.scalar(tf.mean(x).dataSync()[0]!);
}

const embed = (x: tf.Tensor) => tf.gather(x, tf.tensor1d([99], 'int32'));
