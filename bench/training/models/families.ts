import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { Program, Scope } from '../../../src/engine/program';
import { createModel } from '../../../src/models';
import { GAME_STREAMS } from '../../../src/models/game';
import { STREAMS } from '../../../src/models/latentVariableModel';
import type { Model } from '../../../src/models/model';
import type { DataShape } from '../../../src/protocol/capabilities';
import { parseSpecification, type SpecificationInput } from '../../../src/protocol/specification';
import { BATCH, adam, type FamilyModel, type FamilyOptimizer, type NoiseDeclaration } from './model';

/** The families of two players as they are trained: through `src/models`, each phase a call of its own. */

interface Game {
  readonly name: string;
  readonly title: string;
  readonly model: SpecificationInput['model'];
  readonly data: 'mnist' | 'ring';
  readonly optimizer: FamilyOptimizer;
  readonly latent: number;
  /** The critic's loss has points between data and samples. */
  readonly mixes?: true;
  readonly settings?: Readonly<Record<string, number>>;
}

const IMAGES: DataShape = { kind: 'image', shape: [28, 28, 1] };
const POINTS: DataShape = { kind: 'points', size: 2 };

function familyStep({ name, title, model, data, optimizer, latent, mixes, settings = {} }: Game): FamilyModel {
  const { learningRate, ...others } = optimizer;
  const kind = 'decay' in others ? 'rmsprop' : 'adam';
  const set = { kind, learningRate, ...others } as NonNullable<SpecificationInput['training']>['optimizer'];
  const specification = parseSpecification({ model, data: { set: data }, training: { batch: BATCH, optimizer: set } });
  const family: Model = createModel(specification, data === 'ring' ? POINTS : IMAGES);
  const shape = data === 'ring' ? [BATCH, 2] : [BATCH, 28, 28, 1];
  const turns = family.phases.filter(({ function: called }) => called !== 'median');
  const calls = turns.reduce((sum, { repeats = 1 }) => sum + repeats, 0);
  const noise: Record<string, NoiseDeclaration> = {};
  for (let call = 0; call < calls; call++) {
    noise[`z.${call}`] = { kind: 'normal', shape: [BATCH, latent] };
    if (mixes && call < calls - 1) {
      noise[`mixture.${call}`] = { kind: 'uniform', shape: [BATCH, ...shape.slice(1).map(() => 1)] };
    }
  }
  return {
    ...{ name, title, family, optimizer, noise },
    inputs: { examples: { kind: data === 'ring' ? 'ring' : 'signedBytes', shape } },
    twins: ['pytorch'],
    draws: (call) => ({ [STREAMS.train]: `z.${call}`, [GAME_STREAMS.between]: `mixture.${call}` }),
    settings: { judgeTurns: calls - 1, ...settings },
  };
}

const wide = { kind: 'mlp' as const, hidden: [256, 256] };
const small = { kind: 'mlp' as const, hidden: [128, 128], activation: 'tanh' as const };
const ADAM = adam(2e-4, 0.5);

export const families: readonly FamilyModel[] = [
  familyStep({
    ...{ name: 'family-gan', title: 'GAN 784, whole step', data: 'mnist', optimizer: ADAM, latent: 100 },
    model: { family: 'gan', generator: wide, discriminator: wide, latent: 100, batchNorm: true },
  }),
  familyStep({
    ...{ name: 'family-dcgan', title: 'half-width DCGAN, whole step', data: 'mnist', optimizer: ADAM, latent: 100 },
    model: { family: 'dcgan', channels: [32, 64], latent: 100 },
  }),
  familyStep({
    ...{ name: 'family-unrolled', title: 'unrolled GAN, ring, K = 5, whole step', data: 'ring' },
    ...{ optimizer: adam(1e-3, 0.5), latent: 256, settings: { unrolling: 5 } },
    model: { family: 'unrolled-gan', generator: small, discriminator: small, latent: 256, unrollingSteps: 5 },
  }),
  familyStep({
    ...{ name: 'family-wgan', title: 'WGAN 784, whole step', data: 'mnist', latent: 100, settings: { clip: 0.01 } },
    // TensorFlow adds ε inside the root, PyTorch outside: as small as this, it makes no difference.
    optimizer: { decay: 0.9, epsilon: 1e-14, learningRate: 5e-5 },
    // No further updates in some steps: all steps of a measurement are alike.
    model: { family: 'wgan', generator: wide, critic: wide, latent: 100, criticSteps: 5, earlyCriticSteps: 5 },
  }),
  familyStep({
    ...{ name: 'family-wgan-gp', title: 'WGAN-GP 784, whole step', data: 'mnist', latent: 100, mixes: true },
    ...{ optimizer: adam(1e-4, 0.5, 0.9), settings: { penalty: 10 } },
    model: { family: 'wgan-gp', generator: wide, critic: wide, latent: 100, criticSteps: 5, penalty: 10 },
  }),
];

/** The model's functions, given what they would draw as inputs `draw.<stream>`, so that all contenders can be seen to compute the same. */
export function checkedProgram({ family, draws, noise }: FamilyModel): Program {
  const calls: Record<string, number> = {};
  let call = 0;
  for (const { function: name, repeats = 1 } of family.phases) {
    calls[name] ??= call;
    call += repeats;
  }
  const checked = Object.entries(calls).map(([name, first]) => {
    const { inputs, body } = family.program.functions[name]!;
    const given = Object.entries(draws(first)).flatMap(([stream, draw]) =>
      noise[draw] ? [[`draw.${stream}`, { shape: noise[draw].shape, dtype: 'float32' as const }] as const] : [],
    );
    const replaced = (scope: Scope, values: Parameters<typeof body>[1]): Scope => {
      const drawn = (kind: 'normal' | 'uniform') => (key: Tensor1D, stream: number, shape: readonly number[]) =>
        values[`draw.${stream}`] ?? scope[kind](key, stream, shape);
      return {
        variable: (variable) => scope.variable(variable),
        assign: (variable, value) => scope.assign(variable, value),
        lookAhead: (optimizer, updates, loss, rate) => scope.lookAhead(optimizer, updates, loss, rate),
        minimize: (optimizer, loss, rate) => scope.minimize(optimizer, loss, rate),
        ...{ normal: drawn('normal'), uniform: drawn('uniform') },
      };
    };
    const own: Program['functions'][string] = {
      inputs: { ...inputs, ...Object.fromEntries(given) },
      body: (scope, values) => body(replaced(scope, values), values),
    };
    return [name, own] as const;
  });
  return { ...family.program, functions: Object.fromEntries(checked) };
}
