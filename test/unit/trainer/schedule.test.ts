import { describe, expect, it } from 'vitest';
import { parseSpecification } from '../../../src/protocol/specification';
import { Hyperparameters } from '../../../src/trainer/loop/hyperparameters';
import { scheduleFactor } from '../../../src/trainer/loop/schedule';

const schedule = (kind: string, warmup: number, final?: number) =>
  parseSpecification({ model: { family: 'vae' }, training: { schedule: { kind, warmup, final } } } as never).training
    .schedule;
const all = (given: ReturnType<typeof schedule>, total: number) =>
  Array.from({ length: total }, (_, step) => scheduleFactor(given, step + 1, total));

describe('the schedule of the learning rate', () => {
  it('is constant when nothing is said', () => {
    const { training } = parseSpecification({ model: { family: 'vae' } });
    expect(new Set(all(training.schedule, 50))).toEqual(new Set([1]));
  });

  it('grows in a straight line from zero through the warm-up', () => {
    expect(all(schedule('constant', 4), 6)).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
  });

  it('goes from 1 after the warm-up to its end at the last update', () => {
    expect(all(schedule('linear', 2, 0.5), 5)).toEqual([0.5, 1, 1, 0.75, 0.5]);
    const cosine = all(schedule('cosine', 0, 0.1), 101);
    expect(cosine[0]).toBe(1);
    expect(cosine[50]).toBeCloseTo(0.55, 12);
    expect(cosine[25]).toBeCloseTo(0.1 + 0.45 * (1 + Math.SQRT1_2), 12);
    expect(cosine[100]).toBeCloseTo(0.1, 12);
    const exponential = all(schedule('exponential', 0, 0.01), 3);
    [1, 0.1, 0.01].forEach((value, index) => expect(exponential[index]).toBeCloseTo(value, 12));
  });

  it('stays at its end where a run is longer than it was, and finite where it is shorter than its warm-up', () => {
    expect(scheduleFactor(schedule('linear', 0, 0.5), 20, 10)).toBe(0.5);
    expect(scheduleFactor(schedule('cosine', 20), 10, 10)).toBe(0.5);
    expect(all(schedule('cosine', 0, 0.1), 1).every(Number.isFinite)).toBe(true);
  });

  it('multiplies the learning rates that hold, each by its own schedule, and nothing else', () => {
    const declared = {
      learningRate: { title: 'Learning rate', value: 0.1, minimum: 0, maximum: 10, schedule: schedule('linear', 0) },
      criticLearningRate: {
        title: 'Learning rate (critic)',
        value: 1,
        minimum: 0,
        maximum: 10,
        schedule: schedule('cosine', 0),
      },
      beta: { title: 'β', value: 4, minimum: 0, maximum: 10 },
    };
    const changes = [{ step: 3, name: 'learningRate', before: 0.1, value: 1 }];
    const hyperparameters = new Hyperparameters(declared, changes, ({ kind }, update) =>
      kind === 'linear' ? 1 / update : 2,
    );
    expect(hyperparameters.scheduled(2)).toEqual({ learningRate: 0.05, criticLearningRate: 2, beta: 4 });
    expect(hyperparameters.scheduled(4)).toEqual({ learningRate: 0.25, criticLearningRate: 2, beta: 4 });
    expect(hyperparameters.learningRates(4)).toEqual({ learning_rate: 0.25, critic_learning_rate: 2 });
    expect(hyperparameters.at(4)).toEqual({ learningRate: 1, criticLearningRate: 1, beta: 4 });
  });
});
