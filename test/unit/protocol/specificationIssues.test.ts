import { describe, expect, it } from 'vitest';
import { parseSpecification, SpecificationError } from '../../../src/protocol/specification';

function issuesOf(value: unknown) {
  try {
    parseSpecification(value);
  } catch (error) {
    if (error instanceof SpecificationError) return error.issues;
    throw error;
  }
  throw new Error('It was accepted.');
}

const model = { family: 'vae' };

describe('the problems of a specification', () => {
  it('names the key that was meant, also in what one family or kind alone has', () => {
    expect(issuesOf({ model: { ...model, bata: 4 }, trainning: {} })).toMatchObject([
      { path: 'model', unknownKey: 'bata', suggestion: 'beta' },
      {
        path: '',
        unknownKey: 'trainning',
        suggestion: 'training',
        message: expect.stringMatching(/did you mean "training"\?$/) as string,
      },
    ]);
    const network = { kind: 'convolutional', chanels: [8] };
    expect(issuesOf({ model: { ...model, network } })).toMatchObject([
      { keys: ['model', 'network'], unknownKey: 'chanels', suggestion: 'channels' },
    ]);
  });

  it('is the first hundred things, since thousands would keep who looks at them waiting', () => {
    const unknown = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, 1]));
    expect(issuesOf({ model, ...unknown(5_000) })).toHaveLength(100);
    expect(issuesOf({ model: { ...model, ...unknown(80) }, ...unknown(80) })).toHaveLength(100);
  });

  it('says where a key belongs that stands in the wrong place, and which ones there are otherwise', () => {
    const [misplaced, strange] = issuesOf({ model, epochs: 3, entirelyElse: 1 });
    expect(misplaced).toMatchObject({ message: 'has an unknown key: "epochs"; it belongs to training' });
    expect(strange?.message).toBe(
      'has an unknown key: "entirelyElse"; there are name, model, data, training, logging, checkpoints, engine',
    );
    expect(strange?.suggestion).toBeUndefined();
  });

  it('does not offer a key of another family', () => {
    const [issue] = issuesOf({ model: { family: 'ae', bet: 4 } });
    expect(issue?.suggestion).toBeUndefined();
  });

  it('names the value that was meant', () => {
    expect(
      issuesOf({ model: { family: 'vea' }, logging: { images: 'epohc' }, engine: { backend: 'Wasm' } }),
    ).toMatchObject([
      { path: 'model.family', suggestion: 'vae' },
      { path: 'logging.images', suggestion: 'epoch' },
      { path: 'engine.backend', suggestion: 'wasm' },
    ]);
  });

  it('says all of it in one error, each with its path', () => {
    expect(() => parseSpecification({ training: { epochs: 0, batch: 'many' } })).toThrow(
      [
        'The specification cannot be used:',
        '  model: is missing: it must be an object {…}',
        '  training.epochs: must be at least 1, not 0',
        '  training.batch: must be a number, not "many"',
      ].join('\n'),
    );
  });

  it('is not confused by keys that every object has', () => {
    const hostile = JSON.parse('{"model": {"family": "vae", "__proto__": 1, "constructor": 2}}') as unknown;
    expect(issuesOf(hostile).map(({ unknownKey }) => unknownKey)).toEqual(['__proto__', 'constructor']);
  });
});
