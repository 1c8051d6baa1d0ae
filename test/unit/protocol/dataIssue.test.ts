import { describe, expect, it } from 'vitest';
import { parseNewSpecification, parseSpecification } from '../../../src/protocol/specification';

const parse = (data: object) => () =>
  parseNewSpecification({ model: { family: 'ae', reconstruction: 'squaredError' }, data });

describe('the data of a new specification', () => {
  it.each([
    [{ set: 'mnist', modes: 4 }, 'data.modes: has no effect on the set "mnist"; it is for "ring" and "grid"'],
    [{ set: 'swissRoll', modes: 4 }, 'data.modes: has no effect on the set "swissRoll"'],
    [{ set: 'ring', binarization: 'dynamic' }, 'data.binarization: has no effect on the set "ring"'],
    [{ set: 'mnist', path: 'here' }, 'data.path: has no effect on the set "mnist"; it is for "idx"'],
  ])('may not have a setting that the set does not take: %o', (data, message) => {
    expect(parse(data)).toThrow(message);
    expect(() => parseSpecification({ model: { family: 'ae' }, data })).not.toThrow();
  });

  it.each([
    { set: 'ring', modes: 4, deviation: 0.1, limit: 10 },
    { set: 'mnist', binarization: 'static' },
    { set: 'idx', path: 'here', binarization: 'none' },
  ])('may have those that it takes: %o', (data) => {
    expect(parse(data)).not.toThrow();
  });
});
