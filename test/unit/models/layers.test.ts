import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor, Program } from '../../../src/engine/program';
import * as layers from '../../../src/models/layers';
import type { LayerScope } from '../../../src/models/layers';
import { runnerKinds } from '../support/backends';
import { tensor } from './support/models';

interface Listed {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Golden {
  readonly output: Listed;
  readonly gradients: Readonly<Record<string, Listed>>;
  readonly mean: Listed;
  readonly variance: Listed;
  readonly moving: Listed;
  readonly movingGradients: Readonly<Record<string, Listed>>;
  readonly u: Listed;
  readonly sigma: number;
}
/** Of PyTorch, by golden/layers.py. */
const golden = JSON.parse(readFileSync(path.join(import.meta.dirname, 'golden', 'layers.json'), 'utf8')) as Record<
  string,
  Golden
>;

/** The numbers that golden/layers.py makes. */
function numbers(shape: readonly number[], stream: number): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    shape,
    Array.from({ length: size }, (_, i) => Math.sin(0.7 * i * (1 + 0.13 * stream) + stream)),
  );
}
const STREAMS: Readonly<Record<string, number>> = { kernel: 2, scale: 2, table: 2, bias: 3, offset: 3, u: 3 };

type Layer = (scope: LayerScope, x: tf.Tensor) => tf.Tensor;
type Result = Readonly<Record<string, HostTensor>>;

/** A program that calls a layer on `x` and differentiates Σ y w by x and all variables that are trained. */
function differentiated(forms: Readonly<Record<string, Layer>>, shape: readonly number[]): Program {
  const variables = layers.variablesOf((scope, standIn) => {
    for (const layer of Object.values(forms)) layer(scope, standIn(shape));
  });
  const functions = Object.entries(forms).map(([form, layer]) => {
    const read = layers.variablesOf((scope, standIn) => layer(scope, standIn(shape)));
    const trained = read.filter((declared) => declared.trained !== false).map(({ name }) => name);
    const body: Program['functions'][string]['body'] = (scope, { x }) => {
      const differentiable = trained.map((name) => scope.variable(name));
      let output: tf.Tensor | undefined;
      const loss = () => {
        output = tf.keep(layer(scope, x!));
        const { shape: made } = output;
        return tf.sum(tf.mul(output, tf.tensor(numbers(made, 9).data as Float32Array, made)));
      };
      const gradients = tf.grads(loss)([x!, ...differentiable]);
      const named = gradients.slice(1).map((gradient, index) => [trained[index]!.replace('layer.', ''), gradient]);
      return { output: output!, x: gradients[0]!, ...(Object.fromEntries(named) as Record<string, tf.Tensor>) };
    };
    return [form, { inputs: { x: { shape, dtype: 'float32' as const } }, body }] as const;
  });
  return { variables, functions: Object.fromEntries(functions) };
}

function expectClose(actual: HostTensor, { shape, values }: Listed, what: string): void {
  expect([...actual.shape], what).toEqual(shape);
  const scale = Math.max(1, ...values.map(Math.abs));
  for (const [index, value] of values.entries()) {
    expect(Math.abs(actual.data[index]! - value), `${what}[${index}]`).toBeLessThan(2e-5 * scale);
  }
}

const affine: Record<string, { shape: number[]; layer: Layer }> = {
  'convolution of stride 1': {
    shape: [2, 5, 6, 3],
    layer: (scope, x) => layers.convolution(scope, 'layer', x, 4, { kernel: 3 }),
  },
  'convolution of stride 2': {
    shape: [2, 5, 6, 3],
    layer: (scope, x) => layers.convolution(scope, 'layer', x, 4, { kernel: 4, stride: 2 }),
  },
  'convolution with a wide kernel': {
    shape: [2, 5, 6, 3],
    layer: (scope, x) => layers.convolution(scope, 'layer', x, 4, { kernel: [1, 3] }),
  },
  'convolution without padding': {
    shape: [2, 5, 6, 3],
    layer: (scope, x) => layers.convolution(scope, 'layer', x, 4, { kernel: [3, 2], stride: 2, padding: 'valid' }),
  },
  'transposed convolution': {
    shape: [2, 3, 2, 3],
    layer: (scope, x) => layers.transposedConvolution(scope, 'layer', x, 2, { kernel: 4, stride: 2 }),
  },
  'transposed convolution without padding': {
    shape: [2, 3, 2, 3],
    layer: (scope, x) => layers.transposedConvolution(scope, 'layer', x, 2, { kernel: 4, stride: 2, padding: 'valid' }),
  },
  'layer normalization': { shape: [3, 5], layer: (scope, x) => layers.layerNorm(scope, 'layer', x) },
};

const batchNorms = { 'batch normalization of images': [2, 3, 2, 4], 'batch normalization of vectors': [6, 3] };

describe.each(runnerKinds())('on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  /** With every variable as golden/layers.py has it, but for those of a given start. */
  function start(program: Program) {
    const runner = backend.createRunner(program, 0, { mode });
    const state = runner.readState();
    for (const [name, { shape }] of state) {
      const stream = STREAMS[name.slice(name.lastIndexOf('.') + 1)];
      if (stream !== undefined) state.set(name, numbers(shape, stream));
    }
    runner.writeState(state);
    return runner;
  }

  function expectGradients(result: Result, gradients: Golden['gradients']): void {
    for (const [name, expected] of Object.entries(gradients)) expectClose(result[name]!, expected, `∂${name}`);
  }

  it.each(Object.keys(affine))('a %s and its gradients are PyTorch’s', (key) => {
    const { shape, layer } = affine[key]!;
    const runner = start(differentiated({ layer }, shape));
    const result = runner.call('layer', { x: numbers(shape, 1) });
    expectClose(result['output']!, golden[key]!.output, 'output');
    expectGradients(result, golden[key]!.gradients);
    runner.dispose();
  });

  it.each(Object.keys(batchNorms))('%s is PyTorch’s in training and inference', (key) => {
    const shape = batchNorms[key as keyof typeof batchNorms];
    const of =
      (statistics: layers.Statistics): Layer =>
      (scope, x) =>
        layers.batchNorm(scope, 'layer', x, statistics);
    const runner = start(differentiated({ update: of('update'), batch: of('batch'), moving: of('moving') }, shape));
    const expected = golden[key]!;
    const x = numbers(shape, 1);
    const training = runner.call('update', { x });
    expectClose(training['output']!, expected.output, 'output');
    expectGradients(training, expected.gradients);
    expectClose(runner.call('batch', { x })['output']!, expected.output, 'the same batch, averages kept');
    runner.call('update', { x: numbers(shape, 4) });
    const state = runner.readState();
    expectClose(state.get('layer.mean')!, expected.mean, 'moving mean');
    expectClose(state.get('layer.variance')!, expected.variance, 'moving variance');
    const inference = runner.call('moving', { x });
    expectClose(inference['output']!, expected.moving, 'inference');
    expectGradients(inference, expected.movingGradients);
    runner.dispose();
  });

  it('an embedding and its gradient are PyTorch’s, with rows that are asked for twice', () => {
    const look: Layer = (scope) =>
      layers.embedding(scope, 'layer', tf.tensor1d([2, 0, 2, 3], 'int32'), { count: 4, size: 3 });
    const runner = start(differentiated({ look: (scope, x) => tf.add(look(scope, x), tf.mul(tf.sum(x), 0)) }, [1]));
    const result = runner.call('look', { x: numbers([1], 1) });
    expectClose(result['output']!, golden['embedding']!.output, 'output');
    expectGradients(result, golden['embedding']!.gradients);
    runner.dispose();
  });

  it('spectral normalization is PyTorch’s, and its σ that of a singular value decomposition', () => {
    const normalizedBy =
      (update: boolean): Layer =>
      (scope, x) => {
        const parametrization = layers.spectralNorm(scope, 'layer', { update });
        const options = { kernel: 3, padding: 'valid', bias: false, parametrization } as const;
        return layers.convolution(scope, 'layer', x, 4, options);
      };
    const shape = [1, 4, 4, 2];
    const runner = start(differentiated({ update: normalizedBy(true), keep: normalizedBy(false) }, shape));
    const x = numbers(shape, 1);
    for (let step = 0; step < 10; step++) runner.call('update', { x });
    const kept = runner.call('keep', { x });
    const result = runner.call('update', { x });
    const { output, gradients, u, sigma } = golden['spectral normalization']!;
    expectClose(kept['output']!, output, 'output without an update');
    expectClose(result['output']!, output, 'output');
    expectGradients(result, gradients);
    expectClose(runner.readState().get('layer.u')!, u, 'u');
    for (let step = 0; step < 200; step++) runner.call('update', { x });
    const plain = start(
      differentiated(
        {
          plain: (scope, y) => layers.convolution(scope, 'layer', y, 4, { kernel: 3, padding: 'valid', bias: false }),
        },
        shape,
      ),
    );
    const ratio = plain.call('plain', { x })['output']!.data[0]! / runner.call('keep', { x })['output']!.data[0]!;
    expect(ratio / sigma).toBeCloseTo(1, 4);
    plain.dispose();
    runner.dispose();
  });

  it('spectral normalization takes the outputs of a transposed convolution for its rows', () => {
    const shape = [1, 2, 2, 3];
    const runner = start(
      differentiated(
        {
          layer: (scope, x) =>
            layers.transposedConvolution(scope, 'layer', x, 2, {
              ...{ kernel: 2, stride: 2, bias: false },
              parametrization: layers.spectralNorm(scope, 'layer', { update: true }),
            }),
        },
        shape,
      ),
    );
    expect(runner.readState().get('layer.u')!.shape).toEqual([2]);
    // One output: σ is the length of its kernel, whatever u is.
    const single = start(
      differentiated(
        {
          layer: (scope, x) => {
            const parametrization = layers.spectralNorm(scope, 'layer', { update: true });
            return layers.transposedConvolution(scope, 'layer', x, 1, { kernel: 1, bias: false, parametrization });
          },
        },
        [1, 1, 1, 3],
      ),
    );
    const output = single.call('layer', { x: tensor([1, 1, 1, 3], numbers([3], 2).data) })['output']!.data[0]!;
    const length = Math.hypot(...numbers([3], 2).data);
    expect(output).toBeCloseTo(length, 5);
    single.dispose();
    runner.dispose();
  });

  it('a layer at each place of a sequence is the dense layer on all places', () => {
    const places: Layer = (scope, x) => layers.positionwise(scope, 'layer', x, 4);
    const rows: Layer = (scope, x) => tf.reshape(layers.dense(scope, 'layer', tf.reshape(x, [6, 5]), 4), [2, 3, 4]);
    const runner = start(differentiated({ places, rows }, [2, 3, 5]));
    const x = numbers([2, 3, 5], 1);
    const [all, each] = [runner.call('rows', { x }), runner.call('places', { x })];
    expect(each['output']!.shape).toEqual([2, 3, 4]);
    for (const [name, { shape, data }] of Object.entries(all)) {
      expectClose(each[name]!, { shape, values: [...data] }, name);
    }
    const wrong = () => layers.variablesOf((scope, standIn) => layers.dense(scope, 'layer', standIn([2, 5, 5]), 4));
    expect(wrong).toThrow('“layer” takes [batch, inputs], not [2,5,5].');
    runner.dispose();
  });

  it('a condition is one more part of the input', () => {
    const concatenated: Layer = (scope, x) => layers.dense(scope, 'whole', x, 4);
    const conditioned: Layer = (scope, x) => {
      const [features, condition] = tf.split(x, [3, 2], 1) as [tf.Tensor, tf.Tensor];
      return layers.dense(scope, 'layer', features, 4, { condition });
    };
    const runner = start(differentiated({ concatenated, conditioned }, [6, 5]));
    const state = runner.readState();
    const whole = state.get('whole.kernel')!.data as Float32Array;
    state.set('layer.kernel', tensor([3, 4], whole.subarray(0, 12)));
    state.set('layer.condition', tensor([2, 4], whole.subarray(12)));
    runner.writeState(state);
    const x = numbers([6, 5], 1);
    const [all, parts] = [runner.call('concatenated', { x }), runner.call('conditioned', { x })];
    for (const name of ['output', 'x']) {
      const { shape, data } = all[name]!;
      expectClose(parts[name]!, { shape, values: [...data] }, name);
    }
    runner.dispose();
  });

  /** ∂ of each output number by each input number of one example: [outputs][inputs] */
  function jacobian(layer: Layer, shape: readonly number[]): number[][] {
    const variables = layers.variablesOf((scope, standIn) => layer(scope, standIn([1, ...shape])));
    const size = shape.reduce((product, length) => product * length, 1);
    const inputs = { x: { shape: [1, ...shape], dtype: 'float32' as const } };
    const body: Program['functions'][string]['body'] = (scope, { x }) => {
      const rows = Array.from({ length: size }, (_, i) =>
        tf.reshape(tf.grad((y: tf.Tensor) => tf.gather(tf.reshape(layer(scope, y), [-1]), i))(x!), [size]),
      );
      return { jacobian: tf.stack(rows) };
    };
    const runner = backend.createRunner({ variables, functions: { differentiate: { inputs, body } } }, 3, { mode });
    const { data } = runner.call('differentiate', { x: numbers([1, ...shape], 1) })['jacobian']!;
    runner.dispose();
    return Array.from({ length: size }, (_, i) => [...data.slice(i * size, (i + 1) * size)]);
  }

  function expectAutoregressive(derivatives: number[][], seen: (i: number, j: number) => boolean): void {
    for (const [i, row] of derivatives.entries()) {
      for (const [j, derivative] of row.entries()) {
        if (j >= i) expect(derivative, `∂out[${i}]/∂x[${j}]`).toBe(0);
        else if (seen(i, j)) expect(derivative, `∂out[${i}]/∂x[${j}]`).not.toBe(0);
      }
    }
  }

  it('masked dense layers let an output see exactly the inputs before it', () => {
    const size = 6;
    const [first, second] = [layers.hiddenDegrees(20, size), layers.hiddenDegrees(15, size)];
    const inputs = layers.naturalDegrees(size);
    const masks = [
      layers.degreeMask(inputs, first),
      layers.degreeMask(first, second),
      layers.degreeMask(second, inputs, true),
    ].map((mask) => ({ parametrization: layers.masked(mask) }));
    const made: Layer = (scope, x) => {
      const hidden = tf.tanh(layers.dense(scope, 'hidden.0', x, 20, masks[0]));
      return layers.dense(
        scope,
        'logits',
        tf.tanh(layers.dense(scope, 'hidden.1', hidden, 15, masks[1])),
        size,
        masks[2],
      );
    };
    expectAutoregressive(jacobian(made, [size]), () => true);
  });

  it.each([1, 3])('masked convolutions let a pixel see those before it, with %i colors', (colors) => {
    const [height, width, channels] = [4, 3, 2 * colors];
    const of = (kind: 'A' | 'B', inputs: number, outputs: number) => ({
      kernel: 3,
      parametrization: layers.masked(layers.rasterMask([3, 3], kind, { colors, inputs, outputs })),
    });
    const pixelCnn: Layer = (scope, x) => {
      const first = tf.tanh(layers.convolution(scope, 'first', x, channels, of('A', colors, channels)));
      const second = tf.tanh(layers.convolution(scope, 'second', first, channels, of('B', channels, channels)));
      return layers.convolution(scope, 'logits', second, colors, of('B', channels, colors));
    };
    // Everything to the left within reach, the pixel above, and the colors before of the same pixel.
    const pixel = (i: number) => Math.floor(i / colors);
    const near = (i: number, j: number) =>
      pixel(i) === pixel(j) || (pixel(i) - pixel(j) === 1 && pixel(i) % width > 0) || pixel(i) - pixel(j) === width;
    expectAutoregressive(jacobian(pixelCnn, [height, width, colors]), near);
  });
});

describe('variables of a network', () => {
  const network = (scope: LayerScope, x: tf.Tensor) => {
    const hidden = layers.flatten(layers.convolution(scope, 'first', x, 8, { kernel: 4, stride: 2 }));
    return layers.dense(scope, 'second', layers.batchNorm(scope, 'norm', hidden, 'update'), 5, {
      initialization: layers.glorotUniform,
    });
  };

  it('are found on shapes alone, in the order in which they are read', () => {
    const limit = 1 / Math.sqrt(16 * 3);
    expect(layers.variablesOf((scope, standIn) => network(scope, standIn([2, 6, 4, 3])))).toEqual([
      { name: 'first.kernel', shape: [4, 4, 3, 8], initializer: { kind: 'uniform', limit } },
      { name: 'first.bias', shape: [8], initializer: { kind: 'uniform', limit } },
      { name: 'norm.scale', shape: [48], initializer: { kind: 'constant', value: 1 } },
      { name: 'norm.offset', shape: [48], initializer: { kind: 'zeros' } },
      { name: 'norm.mean', shape: [48], initializer: { kind: 'constant', value: 0 }, trained: false },
      { name: 'norm.variance', shape: [48], initializer: { kind: 'constant', value: 1 }, trained: false },
      { name: 'second.kernel', shape: [48, 5], initializer: { kind: 'uniform', limit: Math.sqrt(6 / 53) } },
      { name: 'second.bias', shape: [5], initializer: { kind: 'zeros' } },
    ]);
  });

  it('are declared once where a network is called twice, and refused where two layers share a name', () => {
    const twice = layers.variablesOf((scope, standIn) => {
      network(scope, standIn([2, 6, 4, 3]));
      network(scope, standIn([7, 6, 4, 3]));
    });
    expect(twice).toHaveLength(8);
    expect(() =>
      layers.variablesOf((scope, standIn) => layers.dense(scope, 'a', layers.dense(scope, 'a', standIn([1, 3]), 2), 2)),
    ).toThrow('share “a.kernel”, one as [3,2] and one as [2,2]');
    expect(() => layers.variablesOf((scope) => scope.variable('a'))).toThrow('used before a layer declares it');
  });

  it('say how kernels start', () => {
    const fans = { inputs: 50, outputs: 8 };
    expect(layers.heNormal(fans).kernel).toEqual({ kind: 'normal', deviation: 0.2 });
    expect(layers.normal(0.02)(fans)).toEqual({ kernel: { kind: 'normal', deviation: 0.02 }, bias: { kind: 'zeros' } });
    expect(layers.orthogonal(2)(fans).kernel).toEqual({ kind: 'orthogonal', gain: 2 });
    expect(layers.allZeros(fans)).toEqual({ kernel: { kind: 'zeros' }, bias: { kind: 'zeros' } });
    // A stride of 2 lets a quarter of a 4×4 kernel meet in one output.
    const [kernel] = layers.variablesOf((scope, standIn) =>
      layers.transposedConvolution(scope, 'a', standIn([1, 7, 7, 64]), 32, { kernel: 4, stride: 2 }),
    );
    expect(kernel).toMatchObject({ shape: [4, 4, 32, 64], initializer: { limit: 1 / 16 } });
  });
});

describe('masks', () => {
  it('have a center, and channels that colors can share', () => {
    expect([...layers.rasterMask([3, 3], 'A').values]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect([...layers.rasterMask([1, 3], 'B').values]).toEqual([1, 1, 0]);
    expect(() => layers.rasterMask([4, 3], 'A')).toThrow('no center');
    expect(() => layers.rasterMask([3, 3], 'A', { colors: 3, inputs: 3, outputs: 32 })).toThrow('32');
  });
});
