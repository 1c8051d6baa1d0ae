import { describe, expect, it } from 'vitest';
import type { EventLogWriter } from '../../../src/runs/eventLog';
import { logSamples } from '../../../src/trainer/events/summaries';

/** What is logged of two points, or of three coordinates each. */
function logged(size: number, labels?: Int32Array) {
  const calls: unknown[][] = [];
  const log = { tensor: (...all: unknown[]) => calls.push(all) } as unknown as EventLogWriter;
  const data = Float32Array.from({ length: 2 * size }, (_, i) => i);
  const sampling = { tag: 'drawn', kind: 'once', function: 'draw', count: 2 } as const;
  logSamples(log, sampling, 7, { data, count: 2, shape: { kind: 'points', size }, labels });
  return calls;
}

describe('samples that a user asks for', () => {
  it('are logged under the tag that the model declares, points with their classes', () => {
    expect(logged(2)).toEqual([['drawn', 7, [2, 2], Float32Array.of(0, 1, 2, 3)]]);
    expect(logged(2, Int32Array.of(4, 5))).toEqual([['drawn', 7, [2, 3], Float32Array.of(0, 1, 4, 2, 3, 5)]]);
    expect(logged(3)).toEqual([['drawn', 7, [2, 3], Float32Array.of(0, 1, 2, 3, 4, 5)]]);
  });
});
