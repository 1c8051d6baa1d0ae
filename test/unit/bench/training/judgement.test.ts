import { describe, expect, it } from 'vitest';
import { disagreement, reference } from '../../../../bench/training/agreement';
import { barsOf } from '../../../../bench/training/bars';
import { chart } from '../../../../bench/training/chart';
import { rotated } from '../../../../bench/training/measure';
import { resultSchema, type ModelResult, type OutcomeResult } from '../../../../bench/training/result';
import { inWords } from '../../../../bench/training/words';

const measured = (contender: string, rounds: readonly number[], more: Partial<OutcomeResult> = {}): OutcomeResult => ({
  ...{ contender, title: `<${contender}>`, description: '', threads: 1, millisecondsByThreads: {} },
  ...{ firstStep: 100, losses: [1], rounds },
  ...more,
});

const model = (...outcomes: OutcomeResult[]): ModelResult => ({
  ...{ model: 'mlp-vae', title: 'an <MLP> & more', load: [0, 0] },
  outcomes,
});

const verdicts = (result: ModelResult) => barsOf(result).map(({ atMost, ratio }) => [atMost, ratio]);

describe('the judgment over contenders', () => {
  it('excludes contenders whose results differ from the majority', () => {
    const agreed = reference([
      [9, 8],
      [550.07, 548.29],
      [550.08, 548.3],
    ]);
    expect(agreed).toEqual([550.07, 548.29]);
    expect(disagreement([550.2, 548.1], agreed!)).toBeUndefined();
    expect(disagreement([550.07, 549.29], agreed!)).toContain('550.070, 549.290');
    expect(disagreement([550.07, null], agreed!)).toContain('not a number');
    expect(disagreement([550.07], agreed!)).toBeDefined();
  });

  it('lets every contender go first, and follow every other', () => {
    const orders = [0, 1, 2, 3, 4, 5].map((round) => rotated(['a', 'b', 'c'], round).join(''));
    expect(orders).toEqual(['abc', 'acb', 'cab', 'cba', 'bca', 'bac']);
    expect(rotated([], 3)).toEqual([]);
  });

  it('takes ratios round by round, and the best of TensorFlow’s settings', () => {
    // The machine is three times as slow in the last round: the ratio of medians would be 2.
    const outcomes = [measured('compiled', [1, 2, 6]), measured('pytorch', [2, 4, 12])];
    const functions = [measured('function', [4, 4, 4]), measured('xla', [1, 2, 8]), measured('tfjs', [10, 20, 60])];
    expect(verdicts(model(...outcomes, ...functions))).toEqual([
      [0.75, 0.5],
      [1.1, 1],
      [0.2, 0.1],
    ]);
  });

  it('has no figure for contenders that failed or compute something else', () => {
    const wrong = measured('compiled', [1], { disagreement: 'its first losses are 9' });
    const failed = { contender: 'xla', title: 'XLA', failure: 'too slow' };
    const result = model(wrong, measured('pytorch', [2]), failed);
    expect(verdicts(result)).toEqual([
      [0.75, undefined],
      [1.1, undefined],
      [0.2, undefined],
    ]);
    const words = inWords(result, { cores: 2 });
    expect(words).toContain('does not count: its first losses are 9');
    expect(words).toContain('XLA: too slow');
    expect(words).not.toMatch(/: met/);
  });

  it('says which bars are met', () => {
    const words = inWords(model(measured('compiled', [1]), measured('pytorch', [1.2]), measured('tfjs', [6])), {
      cores: 2,
    });
    expect(words).toContain('compiled to PyTorch, eager: 0.83 (at most 0.75): NOT MET');
    expect(words).toContain('compiled to TensorFlow.js, eager: 0.17 (at most 0.20): met');
    expect(words).toContain('compiled to the best tf.function: – (at most 1.10): no figure');
  });
});

describe('the words about a model', () => {
  it('judge by no bar on a GPU: those are of processors', () => {
    const result = model(measured('compiled', [1]), measured('pytorch', [1.2]));
    expect(inWords(result, { cores: 16, gpu: 'NVIDIA H200' })).not.toContain('at most');
    expect(inWords(result, { cores: 16 })).toContain('at most');
  });

  it('warn of figures from a busy machine', () => {
    const at = (before: number, after: number) =>
      inWords({ ...model(measured('compiled', [1])), load: [before, after] }, { cores: 2 });
    expect(at(0.5, 2.1)).not.toContain('busy');
    expect(at(0.5, 3.1)).toContain('busy');
    expect(at(6, 2)).toContain('busy');
  });
});

describe('the chart', () => {
  const machine = { processor: 'a "fast" <CPU>', cores: 2, gibibytes: 24, node: '20' };
  const draw = (...outcomes: OutcomeResult[]) =>
    chart(resultSchema.parse({ machine, date: '2026-01-01', batch: 128, rounds: 1, models: [model(...outcomes)] }));
  const bars = (svg: string) =>
    [...svg.matchAll(/<rect class="(\w+)" x="190"[^>]* width="([\d.]+)"/g)].map((m) => [m[1], Number(m[2])]);

  it('has a bar for each valid contender, as long as its time relative to PyTorch’s, and truncates long ones', () => {
    const [ours, pytorch, tfjs] = bars(
      draw(
        measured('compiled', [2]),
        measured('pytorch', [4]),
        measured('tfjs', [40]),
        measured('xla', [1], { disagreement: 'x' }),
      ),
    );
    expect([ours![0], pytorch![0], tfjs![0]]).toEqual(['ours', 'pytorch', 'tfjs']);
    expect(ours![1]).toBeCloseTo(Number(pytorch![1]) / 2, 0);
    expect(tfjs![1]).toBeCloseTo(Number(pytorch![1]) * 2, 0);
  });

  it('is one picture without script, whatever the names hold', () => {
    const svg = draw(measured('compiled', [2]), measured('pytorch', [4]));
    expect(svg).not.toMatch(/<(MLP|CPU|script)|&(?!#\d+;)/);
    expect(svg).toContain('prefers-color-scheme:dark');
    const open = svg.match(/<[a-z]+/g)!.length;
    expect(svg.match(/\/>|<\/[a-z]+>/g)).toHaveLength(open);
  });
});
