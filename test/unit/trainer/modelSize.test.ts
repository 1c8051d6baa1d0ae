import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models';
import { parseSpecification } from '../../../src/protocol/specification';
import { checkModelSize } from '../../../src/trainer/workbench/modelSize';

function program(hidden: number[]) {
  const specification = parseSpecification({ model: { family: 'vae', network: { kind: 'mlp', hidden } } });
  return createModel(specification, { kind: 'image', shape: [28, 28, 1] }).program;
}

describe('the size of a model', () => {
  it('is refused before memory is taken when no checkpoint could hold it', () => {
    const largest = program(Array.from({ length: 16 }, () => 65_536));
    expect(() => checkModelSize(largest, 1e15)).toThrow(
      /weights of this model .* are 1,\d\d\d\.\d GB; a checkpoint holds at most 4\.3 GB\. Make model\.network/,
    );
  });

  it('is refused when this machine could not hold it, and only then', () => {
    const usual = program([400]); // 652,824 parameters with two averages each: 7.8 MB
    expect(() => checkModelSize(usual, 15e6)).toThrow(/takes at least twice that; this machine gives a process 0 GB/);
    checkModelSize(usual, 17e6);
    checkModelSize(usual);
  });

  it('includes the caches, which no checkpoint holds', () => {
    const usual = program([400]);
    const cache = {
      name: 'cache',
      shape: [2_000_000_000],
      initializer: { kind: 'zeros' },
      trained: false,
      kept: false,
    };
    const cached = { ...usual, variables: [...usual.variables, cache as (typeof usual.variables)[number]] };
    checkModelSize(cached, 17e9);
    expect(() => checkModelSize(cached, 15e9)).toThrow(/weights of this model, its caches and its .* are 8 GB, and/);
  });
});
