import { setImmediate as breathe } from 'node:timers/promises';
import { Deferred } from '../common/deferred';
import type { Results } from '../protocol/control';
import type { RunRecord } from '../protocol/run';
import { RunDirectory } from '../runs/directory';
import { RefusedError } from './errors/refused';
import { listenersOf } from './events/listeners';
import { logSummaries } from './events/summaries';
import { trainingLoop } from './loop/loop';
import { StoppedError, type LoopControl } from './loop/loopControl';
import { SpeedMeter } from './loop/speedMeter';
import { explained } from './replay/explain';
import { Followers } from './requests/followers';
import { RunRequests } from './requests/runRequests';
import { Publisher } from './run/publisher';
import { Session } from './run/session';
import { Clients } from './socket/clients';
import { ControlServer } from './socket/controlServer';
import { extended } from './start/extended';
import { prepare, type LoadedRun, type PrepareOptions } from './start/prepare';

export interface TrainOptions extends PrepareOptions {
  /** The run directory. */
  readonly run: string;
  /** Epochs to add to the run's specification. */
  readonly extendEpochs?: number;
}

/** What the training loop uses besides the loaded run. */
interface TrainingContext {
  readonly session: Session;
  readonly control: LoopControl;
  readonly publisher: Publisher;
  readonly followers: Followers;
}

/**
 * Trains a run until it is complete or `control` stops it. Resolves with whether it succeeded; `run.json` says how it
 * ended. Throws only when another trainer has the run (LockedError) or the folder is not a run (RunError).
 */
export async function train(control: LoopControl, options: TrainOptions): Promise<boolean> {
  const run = await RunDirectory.open(options.run);
  const session = await Session.open(run, (error) => control.abort(error));
  const { live, record } = session;
  const clients = new Clients();
  const publisher = new Publisher(clients, live);
  const followers = new Followers();
  const loaded = new Deferred<LoadedRun>();
  const ended = new Deferred<Results['stop']>();
  for (const { promise } of [loaded, ended]) promise.catch(() => undefined); // usually nobody waits for them
  const requests = new RunRequests({
    ...{ session, publisher, control, followers },
    ...{ loaded: loaded.promise, ended: ended.promise },
  });

  /** Carries out the work; an error becomes the run's failure. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      control.cancel(error);
      loaded.reject(error);
      ended.reject(error);
      await session.fail(error);
      return undefined;
    }
  };

  try {
    const server = await attempt(async () => {
      const specification = extended(record.current.specification, options.extendEpochs ?? 0);
      // Before clients can connect: the record must not show them how an earlier trainer ended.
      await session.setStatus('starting', { failure: undefined, specification });
      return ControlServer.listen(session.identity, clients, requests);
    });
    if (server === undefined) return false;
    try {
      const result = await attempt(async () => {
        const ready = await prepare(session, publisher, { ...options, signal: control.signal }).catch(unlessStopped);
        if (ready === undefined) return endEarly(session, control, loaded);
        loaded.resolve(ready);
        return runTraining({ session, control, publisher, followers }, ready);
      });
      if (result !== undefined) ended.resolve(result);
      return result !== undefined;
    } finally {
      await breathe(); // answers that are ready leave first
      await record.settled();
      publisher.flush();
      await server.close(`the trainer has ended (${live.current.status})`);
    }
  } finally {
    publisher.dispose();
    await session.close();
  }
}

function unlessStopped(error: unknown): undefined {
  if (!(error instanceof StoppedError)) throw error;
}

/** Ends a run that was stopped while it was loading, and so stays as it was; requests that wait for it are refused. */
async function endEarly(session: Session, control: LoopControl, loaded: Deferred<LoadedRun>): Promise<Results['stop']> {
  const refused = new RefusedError('The run is ending.', 'ended');
  loaded.reject(refused);
  control.cancel(refused);
  session.live.update({ activity: undefined });
  await session.setStatus('stopped');
  return { step: session.live.current.step, checkpoint: null };
}

async function runTraining(context: TrainingContext, ready: LoadedRun): Promise<Results['stop']> {
  const { log, workbench } = ready;
  const flushing = context.publisher.flushWhileWatched(log);
  try {
    const step = await trainSteps(context, ready);
    return await finish(context, ready, step);
  } catch (error) {
    // Nothing else may use the weights from now on, which the explanation replaces.
    context.control.cancel(error);
    throw await explained(error, { session: context.session, control: context.control, ready });
  } finally {
    flushing.dispose();
    await log.close();
    workbench.dispose();
  }
}

/** Resolves with the number of finished steps. */
async function trainSteps({ session, control, followers }: TrainingContext, ready: LoadedRun): Promise<number> {
  const { workbench, hyperparameters, partialSteps, log, alerts, checkpoints, from, totalSteps } = ready;
  const { live, record } = session;
  const speed = new SpeedMeter();
  await session.setStatus('running');
  if (from === 0) {
    workbench.initialize();
    // The pictures of the untrained model are the first in the run tab's slider.
    await logSummaries(workbench, 'images', log, 0);
  }
  const update = (step: number) => {
    for (const { name, value } of hyperparameters.startingAt(step + 1)) {
      log.scalar(`hyperparameters/${name}`, step + 1, value);
    }
    return workbench.update(step, hyperparameters.scheduled(step + 1), { only: partialSteps.phaseOf(step + 1) });
  };
  const onPause = async (paused: boolean) => {
    speed.interrupt();
    await session.setStatus(paused ? 'paused' : control.stopping ? 'stopping' : 'running');
  };
  const sendLatents = followers.listener({ workbench, speed });
  const logging = { log, alerts, live, record, speed, checkpoints, sendLatents };
  const parts = { workbench, hyperparameters, control, totalSteps, ...logging };
  return trainingLoop({ from, to: totalSteps, update, onPause }, control, listenersOf(parts));
}

/** Writes a checkpoint of the last step, unless a stop declined it, and sets the run's final status. */
async function finish(
  { session, control }: TrainingContext,
  { log, checkpoints, totalSteps, from }: LoadedRun,
  step: number,
): Promise<Results['stop']> {
  // `step` exceeds `totalSteps` when the specification was shortened after the checkpoint was written.
  const finished = step >= totalSteps;
  if (!finished) await session.setStatus('stopping');
  // If nothing was trained, the checkpoint that this session began with is still the newest.
  const file = control.checkpointAtStop && step > from ? await checkpoints.write(step) : undefined;
  await log.flush();
  const status: RunRecord['status'] = finished ? 'finished' : 'stopped';
  session.live.update({ secondsLeft: finished ? 0 : null, stepsPerSecond: 0 });
  await session.setStatus(status);
  return { step, checkpoint: file ?? null };
}
