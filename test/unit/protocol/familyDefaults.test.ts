import { describe, expect, it } from 'vitest';
import { withPreset } from '../../../src/protocol/presets';
import { parseNewSpecification, parseSpecification, SpecificationError } from '../../../src/protocol/specification';

const ON_A_PLANE = { kind: 'mlp', hidden: [128, 128] };
const fresh = (value: unknown) => parseNewSpecification(value);
const optimizerOf = (value: unknown) => fresh(value).training.optimizer;

describe('a new specification', () => {
  it('has the settings of its family’s paper where it names none', () => {
    expect(optimizerOf({ model: { family: 'dcgan' } })).toMatchObject({ kind: 'adam', learningRate: 2e-4, beta1: 0.5 });
    expect(optimizerOf({ model: { family: 'wgan' }, data: { set: 'mnist' } })).toMatchObject({
      kind: 'rmsprop',
      learningRate: 5e-5,
    });
    expect(optimizerOf({ model: { family: 'wgan-gp' }, data: { set: 'mnist' } })).toMatchObject({
      ...{ kind: 'adam', learningRate: 1e-4, beta1: 0.5, beta2: 0.9 },
    });
    const { model, data, training } = fresh({ model: { family: 'gan' } });
    expect(data.set).toBe('ring');
    expect(model).toMatchObject({ latent: 2, generator: ON_A_PLANE, discriminator: ON_A_PLANE });
    expect(training).toMatchObject({ epochs: 20, optimizer: { kind: 'adam', learningRate: 1e-3, beta1: 0.5 } });
    expect(fresh({ model: { family: 'cgan' } }).data.set).toBe('mnist');
  });

  it('keeps whatever is written in it', () => {
    const written = {
      model: { family: 'wgan-gp', latent: 5, generator: { hidden: [3] }, critic: { activation: 'tanh' }, penalty: 1 },
      data: { set: 'grid', modes: 9 },
      training: { epochs: 2, batch: 7, optimizer: { beta2: 0.99 } },
    };
    const { model, data, training } = fresh(written);
    expect(model).toMatchObject({
      ...{ latent: 5, penalty: 1 },
      generator: { kind: 'mlp', hidden: [3], activation: 'relu' },
      critic: { kind: 'mlp', hidden: [128, 128], activation: 'tanh' },
    });
    expect(data).toMatchObject({ set: 'grid', modes: 9 });
    expect(training).toMatchObject({ epochs: 2, batch: 7, optimizer: { learningRate: 1e-3, beta1: 0.5, beta2: 0.99 } });
    expect(fresh({ model: { family: 'gan' }, data: { limit: 100 } }).data).toMatchObject({ set: 'ring', limit: 100 });
    expect(fresh({ model: { family: 'gan' }, data: { set: 'mnist' } }).model).toMatchObject({ latent: 100 });
  });

  it('takes an optimizer that names its kind as one of the family where the kinds are the same', () => {
    for (const family of ['gan', 'dcgan', 'wgan-gp']) {
      const optimizer = { kind: 'adam', learningRate: 3e-4 };
      const data = { set: 'mnist' };
      const named = optimizerOf({ model: { family }, data, training: { optimizer } });
      const unnamed = optimizerOf({ model: { family }, data, training: { optimizer: { learningRate: 3e-4 } } });
      expect(named, family).toEqual(unnamed);
      expect(named, family).toMatchObject({ beta1: 0.5, learningRate: 3e-4 });
    }
  });

  it('does not mix settings of different kinds', () => {
    const general = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    expect(optimizerOf({ model: { family: 'wgan' }, training: { optimizer: { kind: 'adam' } } })).toEqual({
      ...{ kind: 'adam', ...general },
    });
    expect(optimizerOf({ model: { family: 'gan' }, training: { optimizer: { kind: 'sgd' } } })).toEqual({
      ...{ kind: 'sgd', learningRate: 0.01 },
    });
    expect(optimizerOf({ model: { family: 'dcgan' }, training: { optimizer: { kind: 'adamw' } } })).toEqual({
      ...{ kind: 'adamw', ...general, weightDecay: 0.01 },
    });
    const generator = { kind: 'convolutional', channels: [8] } as const;
    expect(fresh({ model: { family: 'gan', generator }, data: { set: 'mnist' } }).model).toMatchObject({ generator });
    expect(withPreset({ model: { family: 'gan', generator } })).toMatchObject({
      model: { generator: { ...generator } },
    });
    expect((withPreset({ model: { family: 'gan', generator } }) as { model: object }).model).not.toHaveProperty(
      'generator.hidden',
    );
  });

  it('of a family without defaults is what it was', () => {
    for (const family of ['vae', 'cvae', 'ae']) {
      const written = { model: { family }, training: { optimizer: { learningRate: 2e-3 } } };
      expect(withPreset(written)).toEqual(written);
      expect(fresh(written)).toEqual(parseSpecification(written));
    }
  });

  it('that is a record of an earlier run keeps the general defaults', () => {
    const { data, model, training } = parseSpecification({ model: { family: 'gan' } });
    expect(data.set).toBe('mnist');
    expect(model).toMatchObject({ latent: 100 });
    expect(training).toMatchObject({ epochs: 10, optimizer: { learningRate: 1e-3, beta1: 0.9 } });
    // A record has everything, and nothing is left for defaults to change.
    const record = fresh({ model: { family: 'wgan' }, training: { epochs: 3 } });
    expect(parseSpecification(JSON.parse(JSON.stringify(record)))).toEqual(record);
    expect(fresh(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it('is not changed where it lies', () => {
    const written = Object.freeze({
      model: Object.freeze({ family: 'gan', generator: Object.freeze({ activation: 'elu' }) }),
      training: Object.freeze({ optimizer: Object.freeze({ beta1: 0.1 }) }),
    });
    const before = JSON.stringify(written);
    const [one, other] = [withPreset(written), withPreset(written)];
    expect(JSON.stringify(written)).toBe(before);
    expect(one).toEqual(other);
  });
});

describe('what is no specification', () => {
  const hostile: [string, string][] = [
    ['null', 'null'],
    ['a list', '[{ "model": { "family": "gan" } }]'],
    ['a string', '"gan"'],
    ['a model that is null', '{ "model": null }'],
    ['a model that is a list', '{ "model": [] }'],
    ['a family that is no string', '{ "model": { "family": ["gan"] } }'],
    ['a family of every object', '{ "model": { "family": "constructor" } }'],
    ['the prototype as family', '{ "model": { "family": "__proto__" } }'],
    ['an unknown family', '{ "model": { "family": "gann" } }'],
    ['data that are null', '{ "model": { "family": "gan" }, "data": null }'],
    ['data that are a list', '{ "model": { "family": "gan" }, "data": ["ring"] }'],
    ['data of every object', '{ "model": { "family": "gan" }, "data": { "set": "__proto__" } }'],
    ['training settings that are null', '{ "model": { "family": "gan" }, "training": null }'],
    ['training settings that are a list', '{ "model": { "family": "gan" }, "training": [] }'],
    ['an optimizer that is null', '{ "model": { "family": "gan" }, "training": { "optimizer": null } }'],
    ['an optimizer of no known kind', '{ "model": { "family": "gan" }, "training": { "optimizer": { "kind": {} } } }'],
    ['a network that is a list', '{ "model": { "family": "gan", "generator": ["mlp"] } }'],
    ['a prototype of the whole', '{ "model": { "family": "gan" }, "__proto__": { "name": "a" } }'],
    ['a prototype of the model', '{ "model": { "family": "gan", "__proto__": { "latent": 3 } } }'],
    [
      'a prototype of the optimizer',
      '{ "model": { "family": "gan" }, "training": { "optimizer": { "__proto__": { "kind": "sgd" } } } }',
    ],
    ['a constructor', '{ "model": { "family": "gan", "constructor": { "prototype": { "a": 1 } } } }'],
  ];

  it.each(hostile)('is passed on to the schema, which refuses it: %s', (_what, text) => {
    expect(() => fresh(JSON.parse(text))).toThrow(SpecificationError);
    expect(({} as Record<string, unknown>)['latent']).toBeUndefined();
    expect(({} as Record<string, unknown>)['kind']).toBeUndefined();
  });

  it('comes back as it is where it names no family', () => {
    for (const value of [null, undefined, 3, 'gan', [], {}, { model: [] }, { model: { family: 'gann' } }]) {
      expect(withPreset(value)).toBe(value);
    }
  });
});
