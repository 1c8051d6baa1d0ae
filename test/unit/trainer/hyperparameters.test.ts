import { describe, expect, it } from 'vitest';
import { Hyperparameters } from '../../../src/trainer/loop/hyperparameters';

const DECLARED = {
  learningRate: { title: 'Learning rate', value: 0.001, minimum: 0, maximum: 10 },
  beta: { title: 'β', value: 1, minimum: 0, maximum: 100 },
};

describe('hyperparameters', () => {
  it('hold as declared until they are changed, and from the named update on as changed', () => {
    const hyperparameters = new Hyperparameters(DECLARED, []);
    expect(hyperparameters.set('beta', 4, 10)).toEqual({ step: 10, name: 'beta', before: 1, value: 4 });
    expect(hyperparameters.at(9)).toEqual({ learningRate: 0.001, beta: 1 });
    expect(hyperparameters.at(10)).toEqual({ learningRate: 0.001, beta: 4 });
    expect(hyperparameters.startingAt(10)).toHaveLength(1);
    expect(hyperparameters.startingAt(11)).toHaveLength(0);
  });

  it('are the same function of the update in a resumed session', () => {
    const first = new Hyperparameters(DECLARED, []);
    first.set('beta', 4, 10);
    first.set('learningRate', 0.0001, 20);
    first.set('beta', 2, 30);
    const resumed = new Hyperparameters(DECLARED, first.changes);
    for (let update = 1; update < 40; update++) expect(resumed.at(update)).toEqual(first.at(update));
  });

  it('forget changes that a session which came further made later, once a new one is made', () => {
    const resumed = new Hyperparameters(DECLARED, [
      { step: 10, name: 'beta', before: 1, value: 2 },
      { step: 70, name: 'beta', before: 2, value: 50 },
      { step: 80, name: 'learningRate', before: 0.001, value: 0.01 },
    ]);
    resumed.set('beta', 3, 51);
    expect(resumed.at(100)).toEqual({ learningRate: 0.01, beta: 3 });
  });

  it('refuse names and values that the model does not have', () => {
    const hyperparameters = new Hyperparameters(DECLARED, [{ step: 1, name: 'gone', before: 0, value: 1 }]);
    expect(hyperparameters.changes).toEqual([]);
    expect(() => hyperparameters.set('gamma', 1, 1)).toThrow(/no hyperparameter "gamma".*learningRate, beta/);
    expect(() => hyperparameters.set('toString', 1, 1)).toThrow(/no hyperparameter/);
    expect(() => hyperparameters.set('beta', 101, 1)).toThrow(/must be between 0 and 100; 101 is not/);
  });

  const edits = [
    { step: 100, name: 'learningRate', before: 0.001, value: 0.01 },
    { step: 1193, name: 'learningRate', before: 0.01, value: 1 },
    { step: 1193, name: 'beta', before: 1, value: 2 },
  ];

  it('take edits back one by one, the last first, and then refuse', () => {
    const hyperparameters = new Hyperparameters(DECLARED, edits);
    expect(hyperparameters.revise({ withoutLastEdit: true }, 939)[0]).toMatch(/without the edit β 1 → 2 \(step 1193\)/);
    hyperparameters.revise({ withoutLastEdit: true }, 939);
    expect(hyperparameters.changes).toEqual([edits[0]]);
    // The weights at step 938 have seen this one: from there on the value before it holds again.
    hyperparameters.revise({ withoutLastEdit: true }, 939);
    expect([938, 939].map((update) => hyperparameters.at(update)['learningRate'])).toEqual([0.01, 0.001]);
    expect(() => hyperparameters.revise({ withoutLastEdit: true }, 939)).toThrow(/No edit .* is left to take back/);
  });

  it('drop an edit that was made right at the checkpoint, and one of a run without any', () => {
    const hyperparameters = new Hyperparameters(DECLARED, [{ step: 939, name: 'beta', before: 1, value: 9 }]);
    hyperparameters.revise({ withoutLastEdit: true }, 939);
    expect(hyperparameters.changes).toEqual([]);
    const fresh = new Hyperparameters(DECLARED, [{ step: 5, name: 'beta', before: 1, value: 9 }]);
    fresh.revise({ set: { beta: 3 } }, 1);
    expect(fresh.changes).toEqual([{ step: 1, name: 'beta', before: 1, value: 3 }]);
  });

  it('take a new value in place of the edits of that name that would be repeated', () => {
    const hyperparameters = new Hyperparameters(DECLARED, edits);
    hyperparameters.revise({ set: { learningRate: 0.0001 } }, 939);
    expect(hyperparameters.at(2000)).toEqual({ learningRate: 0.0001, beta: 2 });
    const same = new Hyperparameters(DECLARED, edits);
    same.revise({ set: { learningRate: 0.01 } }, 939);
    expect(same.at(2000)['learningRate']).toBe(0.01);
  });

  it('change nothing where one part of a revision cannot be made', () => {
    const hyperparameters = new Hyperparameters(DECLARED, edits);
    const refused = (set: Record<string, number>) => () => hyperparameters.revise({ withoutLastEdit: true, set }, 939);
    expect(refused({ learningrate: 1 })).toThrow(/Did you mean learningRate\?/);
    expect(refused({ gamma: 1 })).toThrow(/It has: learningRate, beta\./);
    expect(refused({ beta: 101 })).toThrow(/must be between 0 and 100; 101 is not/);
    expect(refused({ constructor: 1 })).toThrow(/no hyperparameter/);
    expect(hyperparameters.changes).toEqual(edits);
  });

  it('ignore recorded changes that are named after what every object has', () => {
    const changes = [{ step: 1, name: 'constructor', before: 0, value: 1 }];
    expect(new Hyperparameters(DECLARED, changes).startingAt(1)).toEqual([]);
  });

  it('take no more changes than run.json can hold', () => {
    const changes = Array.from({ length: 4000 }, (_, step) => ({ step, name: 'beta', before: 1, value: 2 }));
    const hyperparameters = new Hyperparameters(DECLARED, changes);
    expect(() => hyperparameters.set('beta', 3, 5000)).toThrow(
      'This run has reached the limit of 4,000 recorded changes.',
    );
    expect(hyperparameters.set('beta', 3, 3999).value).toBe(3); // in place of the one that is there
  });
});
