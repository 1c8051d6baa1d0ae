import path from 'node:path';
import { encodePngInTurns } from '../formats/png';
import { samplesPicture } from '../formats/samples';
import { launchInspector, type Programs } from '../process/launcher';
import { CheckpointStore } from '../runs/checkpoints';
import { RunDirectory } from '../runs/directory';
import type { Inspector } from './studio';

interface InspectOptions {
  readonly programs: Programs;
  readonly environment: Readonly<Record<string, string>>;
}

/** The newest checkpoint of a run, to be inspected. Throws with words for people where there is none. */
export async function inspectRun(folder: string, options: InspectOptions): Promise<Inspector> {
  const run = await RunDirectory.open(folder);
  const { specification, id } = await run.readRecord();
  const checkpoints = await new CheckpointStore(run, specification.checkpoints).list();
  const newest = checkpoints.findLast(({ runId }) => runId === id);
  if (newest === undefined) throw new Error('The run has no checkpoint. Resume it, and stop it after some steps.');
  return inspectCheckpoint(path.join(run.checkpointsPath, newest.file), options);
}

/**
 * Starts the trainer on a checkpoint, to sample from it or evaluate it. Throws with words for people where the file is no
 * checkpoint of ours or the trainer does not start.
 */
export async function inspectCheckpoint(checkpoint: string, options: InspectOptions): Promise<Inspector> {
  const client = await launchInspector({ ...options, checkpoint });
  return {
    onActivity: (listener) => client.onState(({ activity }) => activity !== undefined && listener(activity)),
    async sample(count, seed) {
      const { value, body } = await client.request('sample', { count, seed });
      const grid = samplesPicture(value, body);
      // A grid of color pictures takes a quarter of a second: the window does not wait for it.
      const bytes = await encodePngInTurns(grid);
      return { step: value.step, count: value.count, width: grid.width, height: grid.height, bytes };
    },
    evaluate: async (samples) => (await client.request('evaluate', { samples })).value,
    dispose: () => client.dispose(),
  };
}
