import { describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/formats/png';
import type { RunDirectory } from '../../../src/runs/directory';
import { EventLogWriter } from '../../../src/runs/eventLog';
import { RunLogReader } from '../../../src/runs/logReader';
import { requirePeers, runPeer } from '../support/python';
import { temporaryRun } from './support/runs';

/** Logs what a run does at each step: some things always, some every tenth step, and step 50 in full. */
async function train(run: RunDirectory, from: number, to: number, step?: number): Promise<void> {
  const log = await EventLogWriter.open(run, { step });
  for (let at = from + 1; at <= to; at++) {
    log.scalars(at, { 'train/kl': Math.sin(at), 'train/negative_elbo': 1000 / at });
    if (at % 10 !== 0) continue;
    log.scalar('test/negative_elbo', at, 1100 / at);
    const data = new Uint8Array(64).fill(at);
    log.image('samples', at, encodePng({ width: 8, height: 8, channels: 1, data }), 8, 8);
    log.histogram('latent/mean', at, Float32Array.of(at, at + 1, at + 3));
  }
  await log.close();
}

/** The same run, and one that was checkpointed at step 50, killed at step 57 and resumed. */
async function straightAndResumed(): Promise<[RunDirectory, RunDirectory]> {
  const straight = await temporaryRun();
  await train(straight, 0, 100);
  const resumed = await temporaryRun();
  await train(resumed, 0, 57);
  await train(resumed, 50, 100, 50);
  return [straight, resumed];
}

type Peers = Record<string, Record<string, { step: number; value: unknown }[]>>;

const withoutTimes = (peers: unknown) =>
  Object.entries(peers as Peers).flatMap(([plugin, tags]) =>
    Object.entries(tags)
      .flatMap(([tag, points]) => points.map(({ step, value }) => ({ plugin, tag, step, value })))
      .sort((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : a.step - b.step)),
  );

describe('the log of a run that was killed and resumed', () => {
  it('reads as that of an undisturbed run', async () => {
    const [straight, resumed] = await straightAndResumed();
    const series = await Promise.all(
      [straight, resumed].map(async (run) => {
        const reader = new RunLogReader(run.path);
        await reader.refresh();
        const { scalars, images, histograms, problems } = reader.snapshot();
        return {
          scalars: scalars.map(({ tag, steps, values }) => ({ tag, steps, values })),
          images,
          histograms,
          problems,
        };
      }),
    );
    expect(series[0]!.scalars.map(({ steps }) => steps.length)).toEqual([100, 100, 10]);
    expect(series[1]).toEqual(series[0]);
  });

  it.for(['accumulator', 'python', 'rust'])('reads so in TensorBoard, too (%s)', async (reader, context) => {
    const python = requirePeers(context);
    const [straight, resumed] = await straightAndResumed();
    const expected = withoutTimes(await runPeer(python, 'read_events.py', straight.path, reader));
    expect(expected.length).toBe(230);
    expect(withoutTimes(await runPeer(python, 'read_events.py', resumed.path, reader))).toEqual(expected);
  });
});
