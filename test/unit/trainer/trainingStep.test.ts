import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../../src/engine/program';
import type { Phase } from '../../../src/models/model';
import { trainingStep } from '../../../src/trainer/workbench/trainingStep';

interface Called {
  readonly name: string;
  readonly stream: number;
  readonly seed: number;
}

/** Carries out a step with functions that return their stream as loss, and a vector that is not logged. */
function carryOut(phases: readonly Phase[], step: number, seed = 7, only?: string) {
  const calls: Called[] = [];
  const call = (name: string, stream: number, ofCall: number) => {
    calls.push({ name, stream, seed: ofCall });
    const scalar = (value: number): HostTensor => ({ shape: [], dtype: 'float32', data: Float32Array.of(value) });
    return { loss: scalar(stream), gradients: { shape: [2], dtype: 'float32', data: new Float32Array(2) } } as const;
  };
  const losses = trainingStep(phases, step, seed, call, only);
  return { calls, losses };
}

const two: readonly Phase[] = [
  { name: 'critic', function: 'updateCritic', repeats: 5 },
  { name: 'generator', function: 'updateGenerator', due: (step) => step % 2 === 0 },
];

describe('a training step', () => {
  it('of one phase is one call with the seed of the run, whose outputs have short names', () => {
    const { calls, losses } = carryOut([{ name: 'train', function: 'train' }], 3);
    expect(calls).toEqual([{ name: 'train', stream: 0, seed: 7 }]);
    expect(losses).toEqual({ loss: 0 });
  });

  it('calls each phase as often as it says, in order, each call with batches and random numbers of its own', () => {
    const { calls, losses } = carryOut(two, 0);
    expect(calls.map(({ name }) => name)).toEqual([...Array<string>(5).fill('updateCritic'), 'updateGenerator']);
    expect(calls.map(({ stream }) => stream)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(calls.map(({ seed }) => seed)).size).toBe(6);
    expect(losses).toEqual({ 'critic/loss': 4, 'generator/loss': 5 });
  });

  it('leaves out a phase that is not due, whose place no other one takes', () => {
    const { calls, losses } = carryOut(two, 1);
    expect(calls.map(({ stream }) => stream)).toEqual([0, 1, 2, 3, 4]);
    expect(losses).toEqual({ 'critic/loss': 4 });
    expect(carryOut([two[1]!, two[0]!], 1).calls.map(({ stream }) => stream)).toEqual([1, 2, 3, 4, 5]);
  });

  it('of a single phase makes the calls of that phase in a whole step, with their batches and random numbers', () => {
    for (const only of ['critic', 'generator']) {
      const { calls, losses } = carryOut(two, 2, 7, only);
      const whole = carryOut(two, 2);
      const names = new Set(two.filter(({ name }) => name === only).map(({ function: name }) => name));
      expect(calls).toEqual(whole.calls.filter(({ name }) => names.has(name)));
      expect(calls.length).toBeGreaterThan(0);
      expect(Object.keys(losses)).toEqual([`${only}/loss`]);
    }
  });

  it('draws other numbers for other seeds', () => {
    const seeds = (seed: number) => carryOut(two, 0, seed).calls.map((call) => call.seed);
    const all = [...seeds(0), ...seeds(1), ...seeds(2), ...seeds(2 ** 32 - 1)];
    expect(new Set(all).size).toBe(all.length);
    expect(all.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
  });
});
