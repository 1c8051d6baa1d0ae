import { describe, expect, it } from 'vitest';
import { namedOptimizers } from '../../../src/models/context';
import { parseNewSpecification, parseSpecification } from '../../../src/protocol/specification';

const variable = (name: string) => ({ name, shape: [1], initializer: { kind: 'zeros' } as const });

describe('the optimizers of a family that has several', () => {
  const { training } = parseSpecification({
    model: { family: 'vae' },
    training: {
      ...{ optimizer: { kind: 'adam', learningRate: 2e-4 }, clip: { at: 1 }, schedule: { kind: 'cosine' } },
      optimizers: { critic: { optimizer: { kind: 'rmsprop', learningRate: 5e-5 }, schedule: { kind: 'constant' } } },
    },
  });
  const { optimizers, hyperparameters } = namedOptimizers(
    { data: { kind: 'points', size: 2 }, training, dataTitle: 'ring' },
    {
      generator: [variable('generator.kernel')],
      critic: [
        variable('critic.kernel'),
        variable('critic.bias'),
        { ...variable('critic.u'), trained: false as const },
      ],
      secondCritic: [variable('second.kernel')],
    },
  );

  it('update what is trained, not the state beside it', () => {
    expect(optimizers.critic.variables).toEqual(['critic.kernel', 'critic.bias']);
  });

  it('have their own settings, and inherit those of all where absent', () => {
    expect(optimizers.generator).toMatchObject({ settings: { kind: 'adam' }, clip: { at: 1, by: 'norm' } });
    expect(optimizers.critic).toMatchObject({ settings: { kind: 'rmsprop' }, clip: { at: 1, by: 'norm' } });
  });

  it('have learning rates and schedules that are told apart', () => {
    expect(hyperparameters).toMatchObject({
      generatorLearningRate: { title: 'Learning rate (generator)', value: 2e-4, schedule: { kind: 'cosine' } },
      criticLearningRate: { title: 'Learning rate (critic)', value: 5e-5, schedule: { kind: 'constant' } },
      secondCriticLearningRate: { title: 'Learning rate (second critic)' },
    });
  });

  it('are refused by name where the model has only one', () => {
    const optimizers = { generator: { optimizer: { kind: 'adam' } } } as const;
    expect(() => parseNewSpecification({ model: { family: 'vae' }, training: { optimizers } })).toThrow(
      /training\.optimizers\.generator: is no optimizer of this model; this model has one/,
    );
  });
});
