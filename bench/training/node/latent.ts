import { openBackend, type Backend } from '../../../src/engine';
import { EagerRunner } from '../../../src/engine/eager/runner';
import type { HostTensor, Program, Runner } from '../../../src/engine/program';
import { scalars } from '../../../src/evaluation';
import { trainingStep } from '../../../src/trainer/workbench/trainingStep';
import { readExchange } from '../exchange';
import { modelNamed } from '../models';
import { checkedProgram } from '../models/families';
import { programOf, type FamilyModel } from '../models/model';
import type { FloatArray } from '../npy';
import { serve, type Trainee } from './serve';

type Mode = 'compiled' | 'eager';
const [name, folder, threads, mode] = process.argv.slice(2) as [string, string, string, Mode];

/** Our own step: the model as a program, through the engine's runner, with inputs and losses as the trainer has them. */
async function open(): Promise<Trainee> {
  const model = modelNamed(name);
  if (model.family) return openFamily(model);
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

/** The step of a family: the calls that the trainer makes for it, one after the other. */
async function openFamily(model: FamilyModel): Promise<Trainee> {
  const { family, optimizer } = model;
  const { weights, inputs, noise } = await readExchange(folder, model);
  const backend = await openBackend({ choice: 'tensorflow', threads: Number(threads) });
  const programs = { step: family.program, check: checkedProgram(model) };
  const runners = { step: createRunner(backend, programs.step), check: createRunner(backend, programs.check) };
  const rates = scalars(
    Object.fromEntries(
      Object.entries(family.hyperparameters).map(([key, { value }]) => [
        key,
        key.endsWith('LearningRate') ? optimizer.learningRate : value,
      ]),
    ),
  );
  const examples = inputs['examples']!;
  const step = (index: number, drawn: 'step' | 'check') => {
    const losses = trainingStep(family.phases, index, 1, (phase, call, seed) => {
      const offered: Record<string, HostTensor> = {
        ...rates,
        examples: host(examples[(index + call) % examples.length]!),
        noise: { shape: [2], dtype: 'int32', data: Int32Array.of(seed | 0, index) },
      };
      if (drawn === 'check') {
        for (const [stream, draw] of Object.entries(model.draws(call))) {
          if (noise[draw]) offered[`draw.${stream}`] = host(noise[draw][index]!);
        }
      }
      const takes = Object.keys(programs[drawn].functions[phase]!.inputs);
      return runners[drawn].call(phase, Object.fromEntries(takes.map((input) => [input, offered[input]!])));
    });
    return Object.entries(losses).reduce((sum, [name, loss]) => (name.endsWith('/loss') ? sum + loss : sum), 0);
  };
  const state = new Map([...weights].map(([variable, value]) => [variable, host(value)]));
  const reset = () => Object.values(runners).forEach((runner) => runner.writeState(state));
  reset();
  return {
    description: backend.info.description,
    reset,
    step: (index) => step(index, 'step'),
    check: (index) => step(index, 'check'),
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
