import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Paced } from '../../../../../src/host/views/latent/paced';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function paced() {
  const said: number[] = [];
  return { said, pace: new Paced<number>((value) => said.push(value), 100) };
}

describe('what is told at a pace', () => {
  it('is the first at once, then the newest of each while, and the last one always', () => {
    const { said, pace } = paced();
    for (let i = 0; i < 25; i++) {
      pace.tell(i);
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1_000);
    expect(said).toEqual([0, 9, 19, 24]);
    pace.tell(30);
    expect(said.at(-1)).toBe(30);
  });

  it('waits for nothing where it must not, and is told again to who has forgotten it', () => {
    const { said, pace } = paced();
    pace.repeat();
    expect(said).toEqual([]);
    pace.tell(1);
    pace.tell(2, true);
    pace.repeat();
    expect(said).toEqual([1, 2, 2]);
  });

  it('ends when it is disposed of', () => {
    const { said, pace } = paced();
    pace.tell(1);
    pace.tell(2);
    pace.dispose();
    vi.advanceTimersByTime(1_000);
    expect(said).toEqual([1]);
  });
});
