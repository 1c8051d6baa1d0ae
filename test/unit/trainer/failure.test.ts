import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/engine';
import { parseSpecification } from '../../../src/protocol/specification';
import { failureOf, notANumber, TrainerError } from '../../../src/trainer/failure';

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
