import { describe, expect, it } from 'vitest';
import { Columns } from '../../../webview/shared/columns';
import { Curve } from '../../../webview/shared/curve';
import type { RunView } from '../../../webview/shared/runStore';

/** The last smoothed value of a curve that falls from 1 to 0, of `points` points that lie `apart` steps from each other. */
function smoothed(tag: string, { points = 40, apart = 10 } = {}): number | undefined {
  const columns = new Columns();
  const values = Float64Array.from({ length: points }, (_, i) => (i < points - 1 ? 1 : 0));
  columns.replaceFrom({ tag, start: 0, steps: values.map((_, i) => i * apart), walls: values, values });
  const curve = new Curve({ run: 'r', tag, label: 'train', kind: 0 }, run(), columns);
  curve.refresh(0.6);
  return curve.smoothed.at(-1);
}

function run(): RunView {
  return { summary: { stepsPerEpoch: 469 } } as unknown as RunView;
}

describe('a curve', () => {
  it('is smoothed where a value is logged every few steps', () => {
    expect(smoothed('train/loss')).toBeGreaterThan(0.1);
  });

  it('is shown as it is where it is measured once an epoch', () => {
    expect(smoothed('train/loss', { apart: 469 })).toBeUndefined();
  });

  it.each(['train/learning_rate', 'hyperparameters/beta'])('is shown as it is where it was set: %s', (tag) => {
    expect(smoothed(tag)).toBeUndefined();
  });
});
