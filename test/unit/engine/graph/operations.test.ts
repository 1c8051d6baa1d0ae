import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../../src/engine';
import type { HostTensor, InputDeclaration, Program, ProgramFunction, Runner } from '../../../../src/engine/program';
import { cases } from '../gradients/cases';
import { gradientsOf, penaltyOf, valuesOf, type Formula, type Input } from '../gradients/support';

/** Of float32 results, relative to the largest: kernels are joined in a graph, and sums are then in another order. */
const TOLERANCE = 3e-6;

interface Body {
  readonly inputs: Readonly<Record<string, InputDeclaration & Input>>;
  readonly outputs: (x: Readonly<Record<string, tf.Tensor>>) => Readonly<Record<string, tf.Tensor>>;
}

/** A formula's value, its gradients and the gradients of these. */
function differentiated(formula: Formula, inputs: readonly Input[]): Body {
  const named = inputs.map((input, index) => [`x${index}`, { ...input, dtype: 'float32' as const }] as const);
  return {
    inputs: Object.fromEntries(named),
    outputs: (x) => {
      const values = named.map(([name]) => x[name]!);
      const first = gradientsOf(formula, values);
      const second = tf.grads((...xs: tf.Tensor[]) => penaltyOf(formula, xs))(values);
      const of = (what: string, tensors: tf.Tensor[]) => tensors.map((tensor, i) => [`${what} ${i}`, tensor]);
      return {
        y: formula(...values),
        ...(Object.fromEntries([...of('first', first), ...of('second', second)]) as Record<string, tf.Tensor>),
      };
    },
  };
}

const floats = (...shape: number[]) => ({ shape, dtype: 'float32' as const, from: -1.5, to: 1.5 });
const integers = (...values: number[]) => ({ shape: [values.length], dtype: 'int32' as const, below: 8, values });
const more = (x: tf.Tensor) => tf.add(x, tf.scalar(1, 'int32'));
const bits = (x: tf.Tensor) => tf.cast(x, 'int32');

/** What is not differentiated: integers, truths, choices, and places counted from the end. */
const others: Readonly<Record<string, Body>> = {
  'arithmetic of integers': {
    inputs: { a: integers(3, 0, 7, 5), b: integers(1, 4, 2, 5) },
    outputs: ({ a, b }) => ({
      ...{ sum: tf.add(a!, b!), product: tf.mul(a!, b!), quotient: tf.div(a!, more(b!)), rest: tf.mod(a!, more(b!)) },
      ...{ power: tf.pow(b!, tf.scalar(2, 'int32')), sums: tf.cumsum(a!), mean: tf.mean(a!), largest: tf.max(a!) },
    }),
  },
  truths: {
    inputs: { a: floats(2, 3), b: floats(3) },
    outputs: ({ a, b }) => ({
      either: bits(tf.logicalXor(tf.greater(a!, b!), tf.less(a!, 0))),
      ...{ any: bits(tf.any(tf.greater(a!, 1), 0)), all: bits(tf.all(tf.greater(a!, -2))) },
      share: tf.mean(tf.cast(tf.equal(tf.argMax(a!, 1), tf.argMin(a!, 1)), 'bool')),
    }),
  },
  'choices by integers': {
    inputs: { x: floats(8, 2), rows: integers(7, 0, 7), places: { ...integers(1, 0, 1), below: 2 } },
    outputs: ({ x, rows, places }) => ({
      gathered: tf.gather(x!, rows!),
      entries: tf.gatherND(x!, tf.stack([rows!, places!], 1)),
      classes: tf.cast(tf.oneHot(rows!, 8), 'float32'),
      scattered: tf.scatterND(tf.expandDims(rows!, 1), tf.ones([3]), [8]),
      sums: tf.unsortedSegmentSum(tf.slice(x!, [0, 0], [3, 2]), rows! as tf.Tensor1D, 8),
    }),
  },
  'places counted from the end': {
    inputs: { a: floats(2, 3), b: floats(2, 3) },
    outputs: ({ a, b }) => ({
      ...{ stacked: tf.stack([a!, b!], -1), joined: tf.concat([a!, b!], -1), part: tf.split(a!, 3, -1)[2]! },
      ...{ reversed: tf.reverse(a!, -1), strided: tf.stridedSlice(a!, [-1, 0], [-3, 3], [-1, 2]) },
      ...{ unstacked: tf.unstack(a!, -1)[1]!, largest: tf.topk(a!, 2).values, order: tf.topk(a!, 2).indices },
    }),
  },
  'nothing at all': {
    inputs: { none: floats(0, 3), some: floats(2, 3) },
    outputs: ({ none, some }) => ({
      ...{ none: none!, sum: tf.sum(none!), product: tf.matMul(none!, some!, false, true) },
      joined: tf.concat([none!, some!]),
    }),
  },
  'an LSTM cell': {
    inputs: { x: floats(2, 3), c: floats(2, 4), h: floats(2, 4), kernel: floats(7, 16), bias: floats(16) },
    outputs: ({ x, c, h, kernel, bias }) => {
      const step = [kernel, bias, x, c, h] as [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const [cell, hidden] = tf.basicLSTMCell(tf.scalar(1), ...step);
      return { cell, hidden };
    },
  },
  'complex numbers inside': {
    inputs: { x: floats(2, 8) },
    outputs: ({ x }) => ({ spectrum: tf.abs(tf.spectral.rfft(x!)) }),
  },
};

const bodies: Readonly<Record<string, Body>> = {
  ...Object.fromEntries(
    Object.entries(cases).map(([name, { formula, inputs }]) => [name, differentiated(formula, inputs)]),
  ),
  ...others,
};

describe('a compiled function computes what its operations do one by one:', () => {
  let backend: Backend;
  const runners: Runner[] = [];
  beforeAll(async () => {
    backend = await openBackend({ choice: 'tensorflow' });
    const functions = Object.fromEntries(
      Object.entries(bodies).map(([name, { inputs, outputs }]): [string, ProgramFunction] => [
        name,
        { inputs, body: (_, x) => outputs(x) },
      ]),
    );
    const program: Program = { variables: [], functions };
    for (const mode of ['compiled', 'eager'] as const) runners.push(backend.createRunner(program, 1, { mode }));
    for (const runner of runners) runner.prepare();
  });
  afterAll(() => backend.dispose());

  it.each(Object.keys(bodies))('%s', (name) => {
    const given = Object.entries(bodies[name]!.inputs).map(([input, declared], stream): [string, HostTensor] => {
      const values = valuesOf({ ...declared, shape: [...declared.shape] }, stream);
      const data = declared.dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
      return [input, { shape: declared.shape, dtype: declared.dtype, data }];
    });
    const [compiled, eager] = runners.map((runner) => runner.call(name, Object.fromEntries(given)));
    expect(Object.keys(compiled!)).toEqual(Object.keys(eager!));
    for (const [output, { shape, dtype, data }] of Object.entries(eager!)) {
      const actual = compiled![output]!;
      expect({ shape: actual.shape, dtype: actual.dtype }).toEqual({ shape, dtype });
      const size = Math.max(1e-3, ...data.map(Math.abs));
      for (const [index, value] of data.entries()) {
        const what = `${output} ${index}: ${actual.data[index]} for ${value}`;
        expect(Math.abs(actual.data[index]! - value), what).toBeLessThan(TOLERANCE * size);
      }
    }
  });
});
