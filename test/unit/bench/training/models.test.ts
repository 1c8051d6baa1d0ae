import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKED_STEPS, readExchange, writeExchange } from '../../../../bench/training/exchange';
import { modelNamed, models } from '../../../../bench/training/models';
import { programOf, trainedBy, variablesOf } from '../../../../bench/training/models/model';
import type { FloatArray } from '../../../../bench/training/npy';
import { openBackend, type Backend } from '../../../../src/engine';
import type { HostTensor } from '../../../../src/engine/program';
import { runnerKinds } from '../../support/backends';
import { temporaryFolder } from '../../support/temporaryFolder';

/** Of PyTorch 2.13.0 on a CPU, by bench/training/python/pytorch_contender.py, its command "check". */
const PYTORCH: Readonly<Record<string, readonly number[]>> = {
  'mlp-vae': [550.0734, 548.2899, 547.1996],
  'ring-gan': [1.38242, 1.356672, 1.333247],
  'dcgan-d': [1.390141, 1.306619, 1.180498],
  'wgan-gp': [8.413566, 8.370286, 8.325463],
  'unrolled-sgd': [0.7324786, 0.7292803, 0.7290149],
  'alpha-gan': [8.6803608, 8.9117022, 8.7114134],
  'sn-gan': [1.9931419, 1.998836, 2.0138547],
};

describe('the models of the training benchmark', () => {
  it.each(['pytorch', 'tensorflow'] as const)('have the twins that they claim in %s', async (framework) => {
    const folder = path.join(import.meta.dirname, '../../../../bench/training/python', `${framework}_models`);
    const listed = (await readFile(path.join(folder, '__init__.py'), 'utf8')).matchAll(/^ {4}"([\w-]+)": \w+,$/gm);
    const claimed = models.filter(({ twins = [framework] }) => twins.includes(framework));
    expect([...listed].map(([, name]) => name).sort()).toEqual(claimed.map(({ name }) => name).sort());
  });

  it('have names of their own, and train all variables that they name', () => {
    expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
    for (const model of models) {
      for (const [loss, names] of Object.entries(trainedBy(model, variablesOf(model)))) {
        expect(names.length, `${model.name}, ${loss}`).toBeGreaterThan(0);
      }
    }
    expect(() => modelNamed('vae')).toThrow('there are mlp-vae, conv-vae');
  });
});

/** WebAssembly is no contender, and slow: there one model shows that the programs run. */
const namesOn = (choice: string) => (choice === 'wasm' ? ['ring-gan'] : Object.keys(PYTORCH));

describe.each(runnerKinds())('the first losses on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  it.each(namesOn(choice))('of %s are those of PyTorch', async (name) => {
    const model = modelNamed(name);
    if (model.family) throw new Error('The step of a family has no loss of its own.');
    const folder = await temporaryFolder();
    await writeExchange(folder, model);
    const { weights, inputs, noise } = await readExchange(folder, model);
    const runner = backend.createRunner(programOf(model), 0, { mode });
    runner.writeState(new Map([...weights].map(([variable, value]) => [variable, host(value)])));
    const given = Object.entries({ ...inputs, ...noise });
    const learningRate = host({ shape: [], data: Float32Array.of(model.optimizer.learningRate) });
    for (let step = 0; step < CHECKED_STEPS; step++) {
      const batch = Object.fromEntries(given.map(([input, batches]) => [input, host(batches[step]!)]));
      const loss = runner.call('check', { ...batch, learningRate })['loss']!.data[0]!;
      expect(Math.abs(loss / PYTORCH[name]![step]! - 1)).toBeLessThan(1e-4);
    }
    runner.dispose();
  });
});

const host = ({ shape, data }: FloatArray): HostTensor => ({ shape, dtype: 'float32', data });
