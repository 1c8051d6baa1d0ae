import { describe, expect, it } from 'vitest';
import {
  parseSpecificationText,
  specificationProblems,
  type SpecificationProblem,
} from '../../../src/formats/specificationText';

const text = (training: string) => `{
  "model": { "family": "vae" },
  "training": ${training}
}`;
const marked = (source: string, { span }: SpecificationProblem) => source.slice(...span);

describe('the text of a specification', () => {
  it('is decoded, with every default', () => {
    const specification = parseSpecificationText(text('{ "epochs": 3 }'), 'a.latent.json');
    expect(specification.training).toMatchObject({ epochs: 3, batch: 128 });
  });

  it('that is wrong is marked where it is wrong, in the order of the text', () => {
    const source = `{
  "trainning": { "epochs": 1 },
  "model": { "family": "vea", "latent": 0 },
  "engine": { "threads": "two" }
}`;
    const problems = specificationProblems(source);
    expect(problems.map((problem) => [marked(source, problem), problem.replacement])).toEqual([
      ['"trainning"', '"training"'],
      ['"vea"', '"vae"'],
      ['"two"', undefined],
    ]);
    expect(problems[2]?.message).toBe('engine.threads must be a number, not "two"');
  });

  it('that lacks something is marked at what it is missing in', () => {
    const [model] = specificationProblems('{ "name": "a" }');
    expect(model).toMatchObject({ span: [0, 1], message: 'model is missing: it must be an object {…}' });
    const source = '{ "model": { "latent": 3 } }';
    const [family] = specificationProblems(source);
    expect(marked(source, family!)).toBe('"model"');
  });

  it('offers no key that is there already', () => {
    const [problem] = specificationProblems(text('{ "epochs": 3, "epoch": 4 }'));
    expect(problem?.message).toContain('did you mean "epochs"?');
    expect(problem?.replacement).toBeUndefined();
  });

  it('that is no JSON is marked where that shows', () => {
    const source = text('{ "epochs": 3 ');
    const [problem, ...others] = specificationProblems(source);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ kind: 'syntax', message: 'line 4, column 2: a “,” or “}” is missing' });
    expect(() => specificationProblems('')).not.toThrow();
  });

  it('reports the problem in one sentence, with the line', () => {
    expect(() => parseSpecificationText(text('{ "epochs": 0, "batch": "x" }'), 'a.latent.json')).toThrow(
      'a.latent.json, line 3: training.epochs must be at least 1, not 0. And 1 more.',
    );
    expect(() => parseSpecificationText(text('{ "epoch": 3, "batch": 0 }'), 'a.latent.json')).toThrow(
      'a.latent.json, line 3: training has an unknown key: "epoch"; did you mean "epochs"? And 1 more.',
    );
    expect(() => parseSpecificationText('{', 'a.latent.json')).toThrow(
      'a.latent.json is not JSON: line 1, column 2: a key in quotes is missing, or there is an extra comma.',
    );
  });
});
