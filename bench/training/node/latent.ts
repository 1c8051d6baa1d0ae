import { openBackend, type Backend } from '../../../src/engine';
import { EagerRunner } from '../../../src/engine/eager/runner';
import type { HostTensor, Program, Runner } from '../../../src/engine/program';
import { readExchange } from '../exchange';
import { modelNamed } from '../models';
import { programOf } from '../models/model';
import type { FloatArray } from '../npy';
import { serve, type Trainee } from './serve';

type Mode = 'compiled' | 'eager';
const [name, folder, threads, mode] = process.argv.slice(2) as [string, string, string, Mode];

/** Our own step: the model as a program, through the engine's runner, with inputs and losses as the trainer has them. */
async function open(): Promise<Trainee> {
  const model = modelNamed(name);
  const { weights, inputs, noise } = await readExchange(folder, model);
  const backend = await openBackend({ choice: 'tensorflow', threads: Number(threads) });
  const runner = createRunner(backend, programOf(model));
  const learningRate: HostTensor = {
    shape: [],
    dtype: 'float32',
    data: Float32Array.of(model.optimizer.learningRate),
  };
  const state = new Map([...weights].map(([variable, value]) => [variable, host(value)]));
  const batch = (index: number) =>
    Object.fromEntries(
      Object.entries(inputs).map(([input, batches]) => [input, host(batches[index % batches.length]!)]),
    );
  const given = (index: number) =>
    Object.fromEntries(Object.entries(noise).map(([draw, steps]) => [draw, host(steps[index]!)]));
  const drawn = (index: number): Record<string, HostTensor> =>
    Object.keys(noise).length > 0 ? { noise: { shape: [2], dtype: 'int32', data: Int32Array.of(1, index) } } : {};
  runner.writeState(state);
  return {
    description: `${backend.info.description}, ${Object.entries(backend.info.flags)
      .map((flag) => flag.join(' '))
      .join(', ')}`,
    reset: () => runner.writeState(state),
    step: (index) => runner.call('step', { ...batch(index), ...drawn(index), learningRate })['loss']!.data[0]!,
    check: (index) => runner.call('check', { ...batch(index), ...given(index), learningRate })['loss']!.data[0]!,
  };
}

const host = ({ shape, data }: FloatArray): HostTensor => ({ shape, dtype: 'float32', data });

/** Throws where steps cannot be compiled, rather than timing the other kind under this name. */
function createRunner(backend: Backend, program: Program): Runner {
  const runner = backend.createRunner(program, 0, { mode });
  if (mode === 'compiled' && runner instanceof EagerRunner) {
    throw new Error(`not available: steps are not compiled on ${backend.info.description}`);
  }
  return runner;
}

void serve(open);
