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

/** The newest checkpoint of a run, for inspection. Throws with a message for users if there is none. */
export async function inspectRun(folder: string, options: InspectOptions): Promise<Inspector> {
  const run = await RunDirectory.open(folder);
  const { specification, id } = await run.readRecord();
  const checkpoints = await new CheckpointStore(run, specification.checkpoints).list();
  const newest = checkpoints.findLast(({ runId }) => runId === id);
  if (newest === undefined) throw new Error('The run has no checkpoint yet. Resume it, and stop it after a few steps.');
  return inspectCheckpoint(path.join(run.checkpointsPath, newest.file), options);
}

/**
 * Starts a trainer on a checkpoint to sample from it or to evaluate it. Throws with a message for users if the file is
 * not a Latent Studio checkpoint or the trainer does not start.
 */
export async function inspectCheckpoint(checkpoint: string, options: InspectOptions): Promise<Inspector> {
  const client = await launchInspector({ ...options, checkpoint });
  return {
    onActivity: (listener) => client.onState(({ activity }) => activity !== undefined && listener(activity)),
    async sample(count, seed) {
      const { value, body } = await client.request('sample', { count, seed });
      const grid = samplesPicture(value, body);
      // Encoding a grid of color images takes a quarter of a second, so it is done in slices.
      const bytes = await encodePngInTurns(grid);
      return { step: value.step, count: value.count, width: grid.width, height: grid.height, bytes };
    },
    evaluate: async (samples, generated) => (await client.request('evaluate', { samples, generated })).value,
    dispose: () => client.dispose(),
  };
}
