import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/data';
import { BackendError } from '../../../src/engine';
import { parseSpecification } from '../../../src/protocol/specification';
import { explainDivergence, failureOf, notANumber, TrainerError } from '../../../src/trainer/errors/failure';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('what a run says of its failure', () => {
  it('is what a part of the trainer said, with the step', () => {
    const error = new TrainerError({ kind: 'data', message: 'No images.', remedy: 'Look.' });
    expect(failureOf(error, 12)).toEqual({ kind: 'data', message: 'No images.', remedy: 'Look.', step: 12 });
    expect(failureOf(notANumber('train/loss became NaN', 7), 8)).toMatchObject({ kind: 'not-a-number', step: 7 });
  });

  it('tells a full disk from other troubles of the disk, also when another error wraps it', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    expect(failureOf(new Error('The log could not be written', { cause: full }))).toMatchObject({
      kind: 'disk',
      message: expect.stringContaining('no space left') as string,
    });
    const write = { code: 'ENOSPC', path: '/runs/a/run.json' };
    expect(failureOf(Object.assign(new Error('write'), write)).message).toBe(
      'There is no space left on the disk of /runs/a/run.json.',
    );
    const denied = Object.assign(new Error('EACCES: open run.json'), { code: 'EACCES' });
    expect(failureOf(denied)).toMatchObject({ kind: 'disk', message: expect.stringContaining('EACCES') as string });
  });

  it('says what to do about data that became unreadable while the run trains', () => {
    const error = new DataError('The decoded images in a.images are damaged.', 'Delete that file.');
    const expected = { kind: 'data', message: error.message, remedy: error.remedy, step: 3 };
    expect(failureOf(error, 3)).toEqual(expected);
  });

  it('does not blame the run directory for what the tensor library’s side could not do', () => {
    const error = new BackendError('The graph could not be written to /tmp.', 'Make room there.');
    const expected = { kind: 'backend', message: error.message, remedy: error.next, step: 3 };
    expect(failureOf(error, 3)).toEqual(expected);
  });

  it('names wrong keys of a specification, and owns up to faults of ours', () => {
    const wrong = thrownBy(() => parseSpecification({ model: { family: 'vae', latnet: 3 } }));
    expect(failureOf(wrong)).toMatchObject({
      kind: 'specification',
      message: expect.stringContaining('latnet') as string,
    });
    expect(failureOf(new TypeError('x is undefined'))).toMatchObject({ kind: 'internal' });
    expect(failureOf('a string')).toMatchObject({ kind: 'internal', message: 'The trainer failed: a string' });
  });
});

describe('a divergence', () => {
  const failure = failureOf(notANumber('train/loss became NaN', 30));
  const edit = { step: 21, name: 'learningRate', before: 0.001, value: 10 };
  const hyperparameters = [{ name: 'learningRate', title: 'Learning rate', value: 0.001, minimum: 0, maximum: 10 }];

  it('is blamed on the last edit that still counts', () => {
    const changes = [edit, { step: 24, name: 'beta', before: 1, value: 2 }];
    expect(explainDivergence(failure, { changes, hyperparameters }, 20).remedy).toMatch(
      /^beta was changed from 1 to 2/,
    );
    const takenBack = [...changes, { step: 26, name: 'beta', before: 2, value: 1, takesBack: 24 }];
    expect(explainDivergence(failure, { changes: takenBack, hyperparameters }, 20).remedy).toMatch(
      /^Learning rate was changed from 0\.001 to 10 at step 21, and a plain resume repeats that\./,
    );
  });

  it('is blamed on nothing where nothing was edited, and other failures are left alone', () => {
    expect(explainDivergence(failure, { changes: [] }, 20).remedy).toMatch(/smaller learning rate/);
    const other = failureOf(new TrainerError({ kind: 'data', message: 'No images.' }), 30);
    expect(explainDivergence(other, { changes: [edit], hyperparameters }, 20)).toBe(other);
  });

  it('promises a checkpoint only where there is one', () => {
    for (const changes of [[], [edit]]) {
      const remedy = (checkpoint?: number) =>
        explainDivergence(failure, { changes, hyperparameters }, checkpoint).remedy;
      expect(remedy(20)).toContain('The checkpoint of step 20 is unaffected.');
      expect(remedy()).toContain('No checkpoint was written before');
    }
    const after = explainDivergence(failure, { changes: [edit], hyperparameters }, 25).remedy;
    expect(after).toContain('The newest checkpoint, of step 25, was trained with that value');
    // The edit holds from update 21 on: the checkpoint of step 20 is the last without it, that of step 21 the first with it.
    const words = (checkpoint?: number) =>
      /a plain resume (.*?)\./.exec(explainDivergence(failure, { changes: [edit] }, checkpoint).remedy!)?.[1];
    expect([undefined, 20, 21, 25].map(words)).toEqual([
      'repeats that',
      'repeats that',
      'continues with that',
      'continues with that',
    ]);
  });
});
