import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BackendError, openBackend, type Backend } from '../../../../src/engine';
import { SCALAR_INPUT, type Program, type ProgramFunction } from '../../../../src/engine/program';
import { ADAM, floats, number } from '../../support/programs';

const integers = (values: number[]) => ({
  shape: [values.length],
  dtype: 'int32' as const,
  data: Int32Array.from(values),
});

describe('a compiled runner of an unusual program', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice: 'tensorflow' });
  });
  afterAll(() => backend.dispose());
  const stateless = (functions: Program['functions']): Program => ({ variables: [], functions });
  const doubled: ProgramFunction = { inputs: { x: SCALAR_INPUT }, body: (_, { x }) => ({ y: tf.mul(x!, 2) }) };
  const nothing: ProgramFunction = { inputs: { x: SCALAR_INPUT }, body: () => ({}) };

  it('needs no variables, no outputs and no functions', () => {
    const runner = backend.createRunner(stateless({ doubled, nothing }), 1);
    expect(runner.call('nothing', { x: number(1) })).toEqual({});
    expect(runner.call('doubled', { x: number(3) })).toEqual({ y: number(6) });
    runner.writeState(runner.readState());
    expect(runner.readState().size).toBe(0);
    const empty = backend.createRunner(stateless({}), 1);
    empty.prepare();
    expect(empty.readState().size).toBe(0);
  });

  it('returns inputs, variables and constants as they are', () => {
    const x = floats([2, 0], []);
    const program: Program = {
      variables: [{ name: 'w', shape: [2], initializer: { kind: 'constant', value: 3 } }],
      functions: {
        all: {
          inputs: { x: { shape: [2, 0], dtype: 'float32' }, i: { shape: [2], dtype: 'int32' } },
          body: (scope, inputs) => ({ ...inputs, w: scope.variable('w'), again: inputs.i!, c: tf.tensor1d([7]) }),
        },
      },
    };
    const i = integers([4, -5]);
    expect(backend.createRunner(program, 1).call('all', { x, i })).toEqual({
      ...{ x, i, again: i },
      ...{ w: floats([2], [3, 3]), c: floats([1], [7]) },
    });
  });

  it('uses the types given to operations, where TensorFlow.js reports another', () => {
    // It says that the mean of integers is one of integers, and casts them first.
    const mean: ProgramFunction = {
      inputs: { x: { shape: [4], dtype: 'int32' } },
      body: (_, { x }) => ({ mean: tf.mean(x!) }),
    };
    const runner = backend.createRunner(stateless({ mean }), 1);
    expect(runner.call('mean', { x: integers([1, 2, 3, 5]) }).mean).toEqual(number(2.75));
  });

  it('keeps a function ready that was made so along with one that is refused', () => {
    const refused: ProgramFunction = {
      inputs: { x: SCALAR_INPUT },
      body: (_, { x }) => ({ y: tf.scalar(x!.dataSync()[0]!) }),
    };
    const runner = backend.createRunner(stateless({ nothing, doubled, refused }), 1);
    runner.prepare(['nothing']);
    expect(() => runner.prepare(['doubled', 'refused'])).toThrow('refused');
    expect(runner.call('doubled', { x: number(3) }).y).toEqual(number(6));
  });

  it('does not take an input named noise for a seed, unless it is one', () => {
    const total: ProgramFunction = {
      inputs: { images: { shape: [2, 1, 1, 1], dtype: 'float32' }, noise: { shape: [3], dtype: 'float32' } },
      body: (_, { images, noise }) => ({ total: tf.add(tf.sum(images!), tf.sum(noise!)) }),
    };
    const images = { shape: [5, 1, 1, 1], values: new Uint8Array(5), scaling: 'binary' } as const;
    const runner = backend.createRunner(stateless({ total }), 1, { examples: images });
    const noise = floats([3], [1, 2, 3]);
    expect(runner.call('total', { images: floats([2, 1, 1, 1], [4, 5]), noise }).total).toEqual(number(15));
    const drawn = { images: { rows: Int32Array.of(0, 1) }, noise };
    expect(() => runner.call('total', drawn)).toThrow('cannot be given by examples');
  });

  it('changes nothing in a call that fails, and says which operation of the model has', () => {
    const rowsOf = (table: tf.Tensor, rows: tf.Tensor) => tf.gather(table, rows as tf.Tensor1D);
    const program: Program = {
      variables: [
        { name: 'w', shape: [300, 300], initializer: { kind: 'normal', deviation: 1 } },
        { name: 'table', shape: [5, 2], initializer: { kind: 'normal', deviation: 1 } },
      ],
      optimizers: { adam: { settings: ADAM, variables: ['w'] } },
      functions: {
        step: {
          inputs: { learningRate: SCALAR_INPUT, rows: { shape: [2], dtype: 'int32' } },
          body: (scope, { learningRate, rows }) => {
            const loss = () => ({ loss: tf.sum<tf.Scalar>(tf.square(scope.variable('w'))) });
            const outputs = scope.minimize('adam', loss, learningRate as tf.Scalar);
            // Takes longer than the update, which would else be over when this fails.
            const slow = tf.tile(tf.matMul(scope.variable('w'), scope.variable('w')), [10, 1]);
            const scale = tf.mean(tf.exp(tf.neg(tf.square(slow))));
            return { ...outputs, rows: rowsOf(tf.mul(scope.variable('table'), scale), rows!) };
          },
        },
      },
    };
    const runner = backend.createRunner(program, 1);
    const call = (...rows: number[]) => runner.call('step', { learningRate: number(0.1), rows: integers(rows) });
    call(1, 2);
    // As text: a failure would else compare three hundred thousand numbers, which takes minutes.
    const state = () => JSON.stringify([...runner.readState()].map(([name, { data }]) => [name, data[0], data.at(-1)]));
    const before = state();
    expect(() => call(1, 77)).toThrow(/^step: GatherV2 failed: indices\[1\] = 77 is not in \[0, 5\)\. .*rowsOf/);
    expect(state()).toBe(before);
    call(3, 4);
    expect(state()).not.toBe(before);
  });

  // A folder that may be written by its permissions, and in which the system makes nothing.
  it.runIf(process.platform === 'linux')(
    'says where a graph could not be written, and works again when it can be',
    () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'latent-unusual-'));
      const before = process.env['TMPDIR'];
      const runner = backend.createRunner(stateless({ doubled }), 1);
      const attempt = () => runner.call('doubled', { x: number(3) });
      try {
        process.env['TMPDIR'] = '/proc/self';
        expect(attempt).toThrow(BackendError);
        expect(attempt).toThrow(/\/proc\/self, where TensorFlow would read it: it does not exist/);
        process.env['TMPDIR'] = folder;
        expect(attempt().y).toEqual(number(6));
        expect(readdirSync(folder)).toEqual([]);
      } finally {
        if (before === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = before;
        rmSync(folder, { recursive: true });
      }
    },
  );
});
