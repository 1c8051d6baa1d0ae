import { describe, expect, it } from 'vitest';
import type { FamilyPreset } from '../../../src/protocol/families/family';
import { withPreset } from '../../../src/protocol/presets';
import { parseNewSpecification, parseSpecification } from '../../../src/protocol/specification';

const preset: FamilyPreset = {
  data: { set: 'ring', modes: 6 },
  training: { batch: 64, optimizer: { kind: 'adam', learningRate: 2e-4, beta1: 0.5 } },
};
const completed = (written: unknown) => withPreset(written, (family) => (family === 'vae' ? preset : undefined));
const model = { family: 'vae' };

describe('the preset of a family', () => {
  it('says what a specification leaves open, key by key', () => {
    expect(completed({ model })).toEqual({ model, ...preset });
    expect(
      completed({ model, data: { limit: 10 }, training: { epochs: 3, optimizer: { learningRate: 1e-4 } } }),
    ).toEqual({
      model,
      data: { set: 'ring', modes: 6, limit: 10 },
      training: { epochs: 3, batch: 64, optimizer: { kind: 'adam', learningRate: 1e-4, beta1: 0.5 } },
    });
  });

  it('gives way as a whole where another variant was chosen, whose keys are others', () => {
    const written = { model, data: { set: 'mnist' }, training: { batch: 64, optimizer: { kind: 'sgd' } } };
    expect(completed(written)).toEqual(written);
    expect(parseSpecification(completed(written)).training.optimizer).toEqual({ kind: 'sgd', learningRate: 0.01 });
  });

  it('is that of its own family, and of nothing that is no specification', () => {
    for (const written of [{ model: { family: 'ae' } }, { model: { family: 7 } }, { model: [] }, {}, [], null, 'vae']) {
      expect(completed(written)).toEqual(written);
    }
    expect(withPreset({ model: { family: '__proto__' } })).toEqual({ model: { family: '__proto__' } });
  });

  it('holds for new runs alone: a record means what it meant when it was written', () => {
    expect(parseSpecification({ model }).data.set).toBe('mnist');
    expect(parseNewSpecification({ model })).toEqual(parseSpecification({ model }));
  });
});

describe('an optimizer of several', () => {
  const optimizersOf = (training: unknown) =>
    (withPreset({ model, training }) as { training: { optimizers: unknown } }).training.optimizers;

  it('has what training.optimizer says where its own settings are silent', () => {
    const optimizer = { beta1: 0.5, learningRate: 2e-4 };
    const optimizers = { critic: { optimizer: { learningRate: 4e-4 } }, generator: { clip: { at: 1 } } };
    expect(optimizersOf({ optimizer, optimizers })).toEqual({
      critic: { optimizer: { kind: 'adam', beta1: 0.5, learningRate: 4e-4 } },
      generator: { clip: { at: 1 } },
    });
    expect(
      optimizersOf({ optimizer: { kind: 'rmsprop' }, optimizers: { critic: { optimizer: { learningRate: 1 } } } }),
    ).toEqual({ critic: { optimizer: { kind: 'rmsprop', learningRate: 1 } } });
  });

  it('has its own kind’s defaults where it is of another kind', () => {
    const optimizers = { critic: { optimizer: { kind: 'sgd' } } };
    expect(optimizersOf({ optimizer: { beta1: 0.5 }, optimizers })).toEqual(optimizers);
  });
});
