import { RunDirectory } from '../runs/directory';
import { issueWords } from '../protocol/issueWords';
import type { RunRecord } from '../protocol/run';
import { trainingSchema } from '../protocol/specification';
import { Desk } from './requests/desk';
import { TrainerError } from './errors/failure';
import { listenersOf } from './events/listeners';
import { trainingLoop } from './loop/loop';
import { prepare, type PrepareOptions, type Ready } from './start/prepare';
import { logSummaries } from './events/previews';
import { Session } from './run/session';
import { listenToSignals } from './signals';
import { SpeedMeter } from './loop/speedMeter';
import { Steering } from './loop/steering';

export interface TrainOptions extends PrepareOptions {
  /** The run directory. */
  readonly run: string;
  /** Epochs to add to the run's specification. */
  readonly extendEpochs?: number;
  /** Waits before the first step until it is asked to continue: for those who want to see a short run from its start. */
  readonly paused?: boolean;
}

/**
 * Trains a run to its end, or until it is asked to stop. Resolves with whether it went well; how it went is in
 * `run.json`. Throws only when the run could not be taken (LockedError) or is none (RunError).
 */
export async function train(options: TrainOptions): Promise<boolean> {
  const run = await RunDirectory.open(options.run);
  const steering = new Steering();
  if (options.paused) steering.pause();
  const session = await Session.take(run, (error) => steering.abort(error));
  const desk = new Desk(session, steering);
  listenToSignals(() => steering.stop());
  // What is thrown outside of every promise must not leave a run behind that claims to be running.
  process.on('uncaughtException', (error) => steering.abort(error));
  try {
    await carryOut(session, steering, desk, options);
    return true;
  } catch (error) {
    desk.failed(error);
    await session.fail(error);
    return false;
  } finally {
    await session.close();
  }
}

async function carryOut(session: Session, steering: Steering, desk: Desk, options: TrainOptions): Promise<void> {
  const { specification } = session.record.current;
  // Before anybody is answered: who reads the record then must not find how an earlier trainer ended.
  await session.turn('starting', {
    failure: undefined,
    specification: extended(specification, options.extendEpochs ?? 0),
  });
  const publisher = await session.listen((request, body, asker) => desk.answer(request, body, asker));
  const ready = await prepare(session, publisher, options);
  try {
    await trainOn(session, steering, desk, ready);
  } finally {
    await ready.log.close();
    ready.workbench.dispose();
  }
}

async function trainOn(session: Session, steering: Steering, desk: Desk, ready: Ready): Promise<void> {
  const { workbench, hyperparameters, log, checkpoints, from, totalSteps } = ready;
  const { live, record } = session;
  const speed = new SpeedMeter();
  desk.open(ready);
  steering.onRest = async (resting) => {
    speed.interrupt();
    await session.turn(resting ? 'paused' : steering.stopping ? 'stopping' : 'running');
  };
  await session.turn('running');
  if (from === 0) {
    workbench.initialize();
    // What an untrained model makes: the first picture of the slider, and there at once.
    await logSummaries(workbench, 'images', log, 0);
  }
  const update = (step: number) => {
    for (const { name, value } of hyperparameters.startingAt(step + 1)) {
      log.scalar(`hyperparameters/${name}`, step + 1, value);
    }
    return workbench.update(step, hyperparameters.scheduled(step + 1));
  };
  const step = await trainingLoop(
    { from, to: totalSteps, update },
    steering,
    listenersOf({
      workbench,
      hyperparameters,
      log,
      live,
      record,
      speed,
      checkpoints,
      totalSteps,
      followers: desk.followers,
    }),
  );
  await end(session, desk, ready, step);
}

/** Leaves a checkpoint of the last step, unless it was asked not to, and then says how the run stands. */
async function end(session: Session, desk: Desk, { log, checkpoints, totalSteps, from }: Ready, step: number) {
  // More than all: the specification was shortened after the checkpoint was written.
  const finished = step >= totalSteps;
  if (!finished) await session.turn('stopping');
  // Where nothing was trained the checkpoint that this session began with is still the newest.
  const file = desk.wantsCheckpoint && step > from ? await checkpoints.write(step) : undefined;
  await log.flush();
  const status: RunRecord['status'] = finished ? 'finished' : 'stopped';
  session.live.update({ secondsLeft: finished ? 0 : null, stepsPerSecond: 0 });
  await session.turn(status);
  desk.ended({ step, checkpoint: file ?? null });
}

/** Throws {@link TrainerError} for more epochs than a specification may have. */
function extended(specification: RunRecord['specification'], more: number): RunRecord['specification'] {
  const { training } = specification;
  const epochs = trainingSchema.shape.epochs.safeParse(training.epochs + more, { error: issueWords });
  if (epochs.success) return { ...specification, training: { ...training, epochs: epochs.data } };
  throw new TrainerError({
    kind: 'specification',
    message: `The run cannot have ${training.epochs} + ${more} epochs: ${epochs.error.issues[0]?.message ?? 'too many'}.`,
    remedy: 'Ask for fewer epochs.',
  });
}
