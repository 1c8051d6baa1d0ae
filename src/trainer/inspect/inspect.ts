import { realpath } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import { plural } from '../../common/plural';
import { exampleNoun } from '../../protocol/dataShape';
import { runFor } from '../../common/slices';
import type { Checkpoint } from '../../runs/checkpointFile';
import { readCheckpoint } from '../../runs/checkpoints';
import { recordAround } from '../../runs/recordAround';
import { ownIdentity } from '../../runs/processIdentity';
import { isLatentRequest, type ControlRequest, type LiveState } from '../../protocol/control';
import { Clients } from '../socket/clients';
import { ControlServer, type Answer } from '../socket/controlServer';
import { RefusedError } from '../errors/refused';
import { Hyperparameters } from '../loop/hyperparameters';
import { answerLatent, type Explored } from '../requests/latentRequests';
import { answerEvaluate, answerSample } from '../requests/requests';
import { listenToSignals } from '../signals';
import { SharedLock } from './sharedLock';
import { Weights } from './weights';
import { Workbench } from '../workbench/workbench';

/** How long an inspector waits for its first client. */
const PATIENCE_MILLISECONDS = 60_000;

/** How long one call of the encoder may keep the thread, where the model is large. */
const LONGEST_CALL_MILLISECONDS = 15;

/** How long a request of the explorer keeps others waiting: a point that is dragged cannot wait for a whole data set. */
const SLICE_MILLISECONDS = 5;

/**
 * A long answer leaves in parts, one a turn of the event loop, and what is answered after it waits behind it. So the next slice
 * waits until it has left, but not for a client that does not read.
 */
const DELIVERY_MILLISECONDS = 20;

/**
 * Serves samples, evaluations and latents of a checkpoint over the control socket of `id`, until its controller leaves.
 * Nothing is written anywhere. Throws for a file that is not a checkpoint of ours.
 */
export async function inspect(file: string, id: string): Promise<void> {
  const real = await realpath(file);
  const { workbench, weights, head } = await open(file, real);
  const { step, epoch } = head;
  // The same β as in training, so that its loss is the one that the log has of this step.
  const changes = (await recordAround(real, head.runId))?.changes ?? [];
  const hyperparameters = new Hyperparameters(workbench.model.hyperparameters, changes).at(step);
  const resting = stateOf(head, workbench);
  const clients = new Clients();
  let state = resting;
  const turn = (activity: string | undefined) => {
    state = { ...resting, activity };
    clients.broadcast({ type: 'state', state });
  };
  const onProgress = (done: number, total: number) =>
    turn(`evaluating, ${done} of ${plural(total, exampleNoun(workbench.shape))}`);
  const lock = new SharedLock();
  const rest = async () => {
    await breathe();
    await clients.delivered(DELIVERY_MILLISECONDS);
  };
  const explored: Explored = { workbench, now: { step, epoch }, on: onWeights(weights, lock, rest) };
  const answer = (request: ControlRequest, body: Uint8Array): Promise<Answer> => {
    const inspected = { workbench, step, hyperparameters, onProgress };
    if (isLatentRequest(request)) {
      // A client that asks what the model can do is about to use it: compile now, while the tab shows that it is loading.
      if (request.method === 'describe') workbench.prepareLatents(LONGEST_CALL_MILLISECONDS);
      return answerLatent(request, body, explored);
    }
    switch (request.method) {
      case 'state':
        return Promise.resolve({ value: state });
      case 'sample':
      case 'evaluate':
        return lock
          .exclusive(() => {
            weights.use(weights.own);
            if (request.method === 'sample') return answerSample(inspected, request.parameters);
            return answerEvaluate(inspected, request.parameters);
          })
          .finally(() => turn(undefined));
      default:
        throw new RefusedError(`"${request.method}" is not possible: this is a checkpoint, not a run.`, 'unsupported');
    }
  };
  const { pid, startTime } = await ownIdentity();
  const server = await ControlServer.listen({ id, pid, startTime }, clients, {
    state: () => state,
    logs: () => [],
    locate: () => Promise.resolve(real),
    // Inside of a promise, so that what is refused at once is an answer, too.
    answer: async (request, body) => answer(request, body),
  });
  const noClientCame = new Promise<void>((resolve) => {
    setTimeout(() => {
      if (!clients.hasController) resolve();
    }, PATIENCE_MILLISECONDS);
  });
  // Ctrl-C reaches the inspector as it does its client: what it made in the runtime folder goes with it.
  const ended = new Promise<void>((resolve) => listenToSignals(resolve));
  await Promise.race([clients.controllerGone, noClientCame, ended]);
  await server.close('the inspection has ended');
  workbench.dispose();
}

/** The model with its weights in place, and what the checkpoint says besides its tensors, which are let go of. */
async function open(file: string, real: string) {
  const checkpoint = await readCheckpoint(file);
  const { tensors: _, ...head } = checkpoint;
  const { specification } = head;
  const workbench = await Workbench.open({ specification, source: real, onActivity: () => undefined });
  const weights = new Weights(workbench, checkpoint, real);
  weights.use(weights.own);
  return { workbench, weights, head };
}

/** Requests of the explorer share the model slice by slice, each with the weights that it asks for in place. */
function onWeights(weights: Weights, lock: SharedLock, rest: () => Promise<void>): Explored['on'] {
  return (at, work) =>
    lock.shared(async () => {
      const wanted = await weights.at(at);
      const slices = work();
      for (;;) {
        weights.use(wanted);
        const result = runFor(slices, SLICE_MILLISECONDS);
        if (result.done === true) return { step: wanted.step, value: result.value };
        await rest();
      }
    });
}

function stateOf(
  { step, epoch, metrics, specification }: Omit<Checkpoint, 'tensors'>,
  workbench: Workbench,
): LiveState {
  return {
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
}
