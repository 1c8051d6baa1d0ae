import { describe, expect, it } from 'vitest';
import { answerSample, tooMany } from '../../../src/trainer/requests/requests';
import type { Workbench } from '../../../src/trainer/workbench/workbench';

describe('a request for samples', () => {
  it('is refused before any is drawn when one answer cannot hold them', async () => {
    const drawn: string[] = [];
    const size = 1000 * 1000 * 3;
    const workbench = {
      shape: { kind: 'image', shape: [1000, 1000, 3] },
      model: { sampling: { kind: 'once', tag: 'drawn', function: 'draw', count: 2 } },
      call: (name: string) => {
        drawn.push(name);
        return { examples: { data: new Float32Array(2 * size) } };
      },
      shown: (data: Float32Array) => data,
    } as unknown as Workbench;
    const ask = (count: number) =>
      answerSample({ workbench, step: 1, hyperparameters: {} }, { count, seed: 0, log: false });
    await expect(ask(4096)).rejects.toThrow(
      '4096 images of 1000×1000×3 are too many for one answer: ask for at most 22.',
    );
    expect(tooMany(1, { kind: 'image', shape: [9000, 9000, 3] }, 0)).toBe(
      'An answer cannot hold images of 9000×9000×3: a single one is too large.',
    );
    expect((await ask(2)).body).toHaveLength(2 * size);
    expect(drawn).toEqual(['draw']);
  });
});
