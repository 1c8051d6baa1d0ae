import { CheckpointStore } from '../../runs/checkpoints';
import { TrainerError } from '../errors/failure';
import type { LoopControl } from '../loop/loopControl';
import type { Session } from '../run/session';
import { newestCheckpoint } from '../start/restore';
import type { LoadedRun } from '../start/prepare';
import { originOf, originWords } from './originWords';
import { firstNonFinite } from './replay';

/** A replay that would take longer is not begun, and one that does is given up. */
const MOST_SECONDS = 120;

interface Diverged {
  readonly session: Session;
  readonly control: Pick<LoopControl, 'stopping'>;
  readonly ready: Pick<LoadedRun, 'workbench' | 'hyperparameters' | 'partialSteps'>;
}

/** Why a replay was not finished; the failure says so. */
class GivenUp extends Error {}

/**
 * The error of a run that ends, and, if it has diverged, where the first number came from that is not finite. That takes a replay
 * from the newest checkpoint, which is shown as an activity, ends when the run is stopped, and takes no longer than two minutes.
 */
export async function explained(error: unknown, diverged: Diverged): Promise<unknown> {
  if (!(error instanceof TrainerError) || error.failure.kind !== 'not-a-number') return error;
  const { failure } = error;
  const { live } = diverged.session;
  try {
    const origin = await live.during('looking for the first number that is not finite', () =>
      replayed(diverged, failure.step ?? live.current.step),
    );
    if (origin === undefined) {
      return extended(error, 'A replay operation by operation met only finite numbers.');
    }
    return new TrainerError(
      { ...failure, message: `${failure.message} ${originWords(origin)}`, origin: originOf(origin) },
      { cause: error },
    );
  } catch (problem) {
    if (problem instanceof GivenUp) return extended(error, problem.message);
    // The run's failure is that it diverged, whatever becomes of the search for the reason.
    process.stderr.write(
      `The replay failed: ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}\n`,
    );
    return error;
  }
}

async function replayed({ session, control, ready }: Diverged, until: number) {
  const { run, record, live } = session;
  const { id, specification } = record.current;
  const store = new CheckpointStore(run, specification.checkpoints);
  const { checkpoint } = await run.inPlace(() => newestCheckpoint(run, store, id));
  const from = checkpoint?.step ?? 0;
  const { stepsPerSecond } = live.current;
  // After the very first steps it is not known; the deadline holds anyway.
  const seconds = stepsPerSecond > 0 ? (until - from) / stepsPerSecond : 0;
  const count = (until - from).toLocaleString('en-US');
  if (seconds > MOST_SECONDS) {
    throw new GivenUp(
      `Which number went first was not looked for: a replay of the ${count} steps since the last checkpoint would take about ` +
        `${Math.round(seconds / 60)} minutes. With a smaller checkpoints.every it takes less.`,
    );
  }
  const deadline = performance.now() + MOST_SECONDS * 1_000;
  return firstNonFinite(
    {
      ...ready,
      checkpoint,
      onStep: (step) => {
        if (control.stopping)
          throw new GivenUp('Which number went first was not found out, since the run was stopped.');
        if (performance.now() > deadline) {
          throw new GivenUp(`Which number went first was not found out within ${MOST_SECONDS / 60} minutes.`);
        }
        live.update({
          activity: `looking for the first number that is not finite: replaying step ${step + 1} of ${until}`,
        });
      },
    },
    until,
  );
}

function extended(error: TrainerError, words: string): TrainerError {
  return new TrainerError({ ...error.failure, message: `${error.failure.message} ${words}` }, { cause: error });
}
