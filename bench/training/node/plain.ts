import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
// For its side effect: the gradients of all operations.
import '@tensorflow/tfjs';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { train } from '@tensorflow/tfjs';
import type { LayerScope } from '../../../src/models/layers';
import { readExchange } from '../exchange';
import { modelNamed } from '../models';
import type { FloatArray } from '../npy';
import { serve, type Trainee } from './serve';

const [name, folder, binding] = process.argv.slice(2) as [string, string, string];

/** TensorFlow.js for Node alone: its variables, `tf.variableGrads` and its own Adam, with nothing of the engine. */
async function open(): Promise<Trainee> {
  const model = modelNamed(name);
  if (model.family) throw new Error('not available: this is a model of the engine');
  const { weights, inputs, noise, trained: names } = await readExchange(folder, model);
  const version = await loadBackend();
  const variables = new Map(
    [...weights].map(([variable, value]) => [variable, tf.variable(tensor(value), true, variable)]),
  );
  const trained = names['loss']!.map((variable) => variables.get(variable)!);
  const scope: LayerScope = { variable: (key) => variables.get(key)!, assign: refuseState };
  const { learningRate, beta1, beta2, epsilon } = model.optimizer;
  const batches = mapValues(inputs, (all) => all.map(tensor));
  const given = mapValues(noise, (all) => all.map(tensor));
  let adam = train.adam(learningRate, beta1, beta2, epsilon);

  const step = (index: number, draw: () => Record<string, tf.Tensor>) => {
    const value = tf.tidy(() => {
      const batch = mapValues(batches, (all) => all[index % all.length]!);
      const { value: loss, grads } = tf.variableGrads(model.step(scope, batch, draw())['loss']!, trained);
      adam.applyGradients(trained.map((variable) => ({ name: variable.name, tensor: grads[variable.name]! })));
      return loss;
    });
    const [loss] = value.dataSync();
    value.dispose();
    return loss!;
  };
  return {
    description: `TensorFlow ${version}, TensorFlow.js ${tf.version_core}`,
    reset: () => {
      for (const [variable, value] of weights) tf.tidy(() => variables.get(variable)!.assign(tensor(value)));
      adam.dispose();
      adam = train.adam(learningRate, beta1, beta2, epsilon);
    },
    step: (index) =>
      step(index, () =>
        mapValues(model.noise, ({ kind, shape }) =>
          kind === 'normal' ? tf.randomNormal([...shape]) : tf.randomUniform([...shape]),
        ),
      ),
    check: (index) => step(index, () => mapValues(given, (all) => all[index]!)),
  };
}

function refuseState(): never {
  throw new Error('not available: the model keeps state that is not trained');
}

const tensor = ({ shape, data }: FloatArray) => tf.tensor(data.slice(), [...shape]);

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** What the package's index does, without its search for a binding that it downloaded. Returns the library's version. */
async function loadBackend(): Promise<string> {
  tf.enableProdMode();
  const native = createRequire(binding)(binding) as TFJSBinding;
  const [{ NodeJSKernelBackend }] = await Promise.all([
    import('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js'),
    import('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js'),
  ]);
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(native, '@tensorflow/tfjs-node-gpu'));
  if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow.js refused its TensorFlow backend.');
  return native.TF_Version;
}

void serve(open);
