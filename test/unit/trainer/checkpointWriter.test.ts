import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../../src/engine/program';
import type { Checkpoint } from '../../../src/runs/checkpointFile';
import { CheckpointWriter, toState, type CheckpointWriterParts } from '../../../src/trainer/run/checkpointWriter';

/** A writer whose parts remember in which order they were used. */
function fakeWriter(state: ReadonlyMap<string, HostTensor>) {
  const order: string[] = [];
  const stored: Checkpoint[] = [];
  const live = { during: (_activity: string, work: () => Promise<unknown>) => work() };
  const parts = {
    runId: 'a'.repeat(32),
    workbench: {
      stepsPerEpoch: 4,
      runner: { readState: () => state },
      specification: { training: { seed: 3 } },
      model: { data: { kind: 'image', shape: [1, 1, 1] } },
    },
    log: { sync: () => Promise.resolve(void order.push('log')) },
    store: {
      write: (checkpoint: Checkpoint) => {
        order.push('file');
        stored.push(checkpoint);
        return Promise.resolve(`step-${checkpoint.step}`);
      },
    },
    record: { update: ({ step, epoch }: Checkpoint) => Promise.resolve(void order.push(`record ${step} ${epoch}`)) },
    publisher: { checkpointWritten: (file: string) => order.push(`announce ${file}`) },
    live,
  };
  return { writer: new CheckpointWriter(parts as unknown as CheckpointWriterParts, { 'test/loss': 2 }), order, stored };
}

const floats = (...values: number[]): HostTensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const STATE = new Map<string, HostTensor>([
  ['weights', floats(1, 2)],
  ['calls', { dtype: 'int32', shape: [], data: Int32Array.of(7) }],
]);

describe('writing a checkpoint', () => {
  it('makes the log safe first, and announces the file when the record is written too', async () => {
    const { writer, order, stored } = fakeWriter(STATE);
    writer.measured({ 'test/loss': 1 });
    expect(await writer.write(6)).toBe('step-6');
    expect(order).toEqual(['log', 'file', 'record 6 1.5', 'announce step-6']);
    expect(stored).toMatchObject([{ step: 6, epoch: 1.5, seed: 3, metrics: { 'test/loss': 1 }, requested: false }]);
    expect(toState(stored[0]!.tensors)).toEqual(STATE);
  });

  it('happens once a step, and again only when the user asks for what the schedule had written', async () => {
    const { writer, stored } = fakeWriter(STATE);
    await writer.write(6);
    await writer.write(6);
    expect(stored).toHaveLength(1);
    await writer.write(6, { requested: true });
    await writer.write(6, { requested: true });
    await writer.write(6);
    expect(stored.map(({ requested }) => requested)).toEqual([false, true]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'is refused for weights with %s, and writes nothing',
    async (value) => {
      const { writer, order } = fakeWriter(new Map([['encoder.weights', floats(1, value)]]));
      await expect(writer.write(6)).rejects.toMatchObject({
        failure: { kind: 'not-a-number', step: 6, message: expect.stringContaining('encoder.weights') as string },
      });
      expect(order).toEqual([]);
    },
  );
});
