import { describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine';
import type { Program } from '../../../src/engine/program';
import { shownProgram, shownState } from '../../../src/engine/shownProgram';
import { runnerKinds } from '../support/backends';
import { floats, noise, number, regression, REGRESSION_DATA } from '../support/programs';

function averaged(): Program {
  const program = regression();
  const { adam } = program.optimizers!;
  return { ...program, optimizers: { adam: { ...adam!, average: { decay: 0.9 } } } };
}

describe.each(runnerKinds())('a program that only shows, $title', ({ choice, mode }) => {
  it('holds and takes the weights alone, and its functions give what they gave', async () => {
    const backend = await openBackend({ choice });
    const program = regression();
    const trained = backend.createRunner(program, 7, { mode });
    trained.call('train', { ...REGRESSION_DATA, learningRate: number(0.1) });
    const state = trained.readState();
    const shown = backend.createRunner(shownProgram(program), 0, { mode });
    shown.writeState(shownState(program, state));
    expect([...shown.readState().keys()]).toEqual(['weights', 'bias', 'calls']);
    for (const [name, value] of shown.readState()) expect(value, name).toEqual(state.get(name));
    const draws = { noise: noise(3, 1) };
    expect(shown.call('draw', draws)).toEqual(trained.call('draw', draws));
    expect(shown.call('swap', {})).toEqual(trained.call('swap', {}));
    expect(() => shown.call('train', { ...REGRESSION_DATA, learningRate: number(0.1) })).toThrow(/optimizer “adam”/);
    backend.dispose();
  });
});

describe('a program that only shows', () => {
  it('keeps the slots of one that averages: the averages are among them', () => {
    const program = averaged();
    expect(shownProgram(program)).toBe(program);
    const state = new Map([
      ['bias', number(1)],
      ['optimizer.adam.average.bias', number(2)],
    ]);
    expect(shownState(program, state)).toEqual(state);
  });

  it('passes on unknown entries, for the consumer of the state to refuse', () => {
    const state = new Map([
      ['weights', floats([2], [1, 2])],
      ['optimizer.adam.m.weights', floats([2], [1, 2])],
      ['optimizer.other.m.weights', floats([2], [1, 2])],
    ]);
    expect([...shownState(regression(), state).keys()]).toEqual(['weights', 'optimizer.other.m.weights']);
  });
});
