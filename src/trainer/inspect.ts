import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { readCheckpoint } from '../runs/checkpoints';
import { ownIdentity } from '../runs/processIdentity';
import type { ControlRequest, LiveState } from '../protocol/control';
import { toState } from './checkpointWriter';
import { ControlServer, type Answer } from './controlServer';
import { RefusedError } from './refused';
import { Hyperparameters } from './hyperparameters';
import { answerEvaluate, answerSample } from './requests';
import { listenToSignals } from './signals';
import { Workbench } from './workbench';

/** How long an inspector waits for its first client. */
const PATIENCE_MILLISECONDS = 60_000;

/**
 * Serves samples and evaluations of a checkpoint over the control socket of `id`, until its controller leaves. Nothing
 * is written anywhere. Throws for a file that is not a checkpoint of ours.
 */
export async function inspect(file: string, id: string): Promise<void> {
  const checkpoint = await readCheckpoint(file);
  const { specification, step, epoch, metrics } = checkpoint;
  const workbench = await Workbench.open({ specification, source: path.resolve(file), onActivity: () => undefined });
  workbench.runner.writeState(toState(checkpoint.tensors));
  const hyperparameters = new Hyperparameters(workbench.model.hyperparameters, []).at(step);
  const resting: LiveState = {
    status: 'paused',
    step,
    epoch,
    totalSteps: workbench.stepsPerEpoch * specification.training.epochs,
    stepsPerEpoch: workbench.stepsPerEpoch,
    stepsPerSecond: 0,
    secondsLeft: null,
    backend: workbench.backend.info,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([tag, value]) => [tag, Number.isFinite(value) ? value : null]),
    ),
  };
  let state = resting;
  const turn = (activity: string | undefined) => {
    state = { ...resting, activity };
    server.broadcast({ type: 'state', state });
  };
  const onProgress = (done: number, total: number) => turn(`evaluating, ${done} of ${total} images`);
  let queue: Promise<unknown> = Promise.resolve();
  const answer = (request: ControlRequest): Promise<Answer> => {
    const inspected = { workbench, step, hyperparameters, onProgress };
    if (request.method === 'state') return Promise.resolve({ value: state });
    // One after the other: a workbench does one thing at a time.
    const result = queue.then(() => {
      if (request.method === 'sample') return answerSample(inspected, request.parameters);
      if (request.method === 'evaluate') return answerEvaluate(inspected, request.parameters);
      throw new RefusedError(
        `"${request.method}" is not possible: this is a checkpoint, not a training.`,
        'unsupported',
      );
    });
    queue = result.catch(() => undefined).finally(() => turn(undefined));
    return result;
  };
  const { pid, startTime } = await ownIdentity();
  const server = await ControlServer.listen({ id, pid, startTime }, await realpath(file), {
    state: () => state,
    logs: () => [],
    answer,
  });
  const gone = server.controllerGone();
  const nobodyCame = new Promise<void>((resolve) => {
    setTimeout(() => {
      if (!server.hasController) resolve();
    }, PATIENCE_MILLISECONDS);
  });
  // Ctrl-C reaches the inspector as it does its client: what it made in the runtime folder goes with it.
  const ended = new Promise<void>((resolve) => listenToSignals(resolve));
  await Promise.race([gone, nobodyCame, ended]);
  await server.close('the inspection has ended');
  workbench.dispose();
}
