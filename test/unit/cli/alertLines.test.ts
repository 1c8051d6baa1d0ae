import { describe, expect, it } from 'vitest';
import { AlertLines } from '../../../src/cli/alertLines';
import { Output, type Sink } from '../../../src/cli/output';

const alert = {
  ...{ name: 'mode-collapse', title: 'Mode collapse', step: 1200 },
  ...{ text: 'Samples are spread over 1 of 8 modes.', advice: 'A lower learning rate helps.' },
};

function printed(json: boolean) {
  const [out, error]: [string[], string[]] = [[], []];
  const sink = (lines: string[]): Sink => ({ write: (text) => lines.push(text) });
  return { lines: new AlertLines(new Output(json, sink(out), sink(error))), out, error };
}

describe('alerts on the command line', () => {
  it('are printed once when they are raised and once when they are over', () => {
    const { lines, out, error } = printed(false);
    for (const state of [undefined, [alert], [alert], [{ ...alert, cleared: 1500 }]]) lines.update(state);
    expect(error).toEqual([
      'Alert at step 1200: Mode collapse. Samples are spread over 1 of 8 modes. A lower learning rate helps.\n',
      'Alert over at step 1500: Mode collapse, raised at step 1200.\n',
    ]);
    expect(out).toEqual([]);
  });

  it('are documents for programs', () => {
    const { lines, out } = printed(true);
    lines.update([alert]);
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([{ event: 'alert', ...alert }]);
  });
});
