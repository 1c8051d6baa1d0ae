import { setImmediate as breathe } from 'node:timers/promises';
import { plural } from '../../common/plural';
import { exampleNoun } from '../../protocol/dataShape';
import { runFor, type Slices } from '../../common/slices';
import type { Checkpoint } from '../../runs/checkpointFile';
import { isLatentRequest, type ControlRequest, type LatentRequest, type LiveState } from '../../protocol/control';
import type { Clients } from '../socket/clients';
import type { Answer, RequestHandler } from '../socket/controlServer';
import { RefusedError } from '../errors/refused';
import { answerLatent } from '../requests/latentRequests';
import { answerDraw } from '../requests/draw';
import { answerEvaluate, answerSample, type Inspected } from '../requests/requests';
import { SharedLock } from './sharedLock';
import type { Weights } from './weights';
import type { Progress } from '../workbench/measures';
import type { Values, Workbench } from '../workbench/workbench';

/** How long one call of the encoder may keep the thread, where the model is large. */
const LONGEST_CALL_MILLISECONDS = 15;

/** How long a request of the explorer keeps others waiting: a point that is dragged cannot wait for a whole data set. */
const SLICE_MILLISECONDS = 5;

/**
 * A long answer leaves in parts, one a turn of the event loop, and what is answered after it waits behind it. So the next slice
 * waits until it has left, but not for a client that does not read.
 */
const DELIVERY_MILLISECONDS = 20;

/** A checkpoint without its tensors, whose weights the runner holds. */
type Head = Omit<Checkpoint, 'tensors'>;

interface Parts {
  /** Real path of the checkpoint. */
  readonly file: string;
  readonly head: Head;
  readonly workbench: Workbench;
  readonly weights: Weights;
  /** As they were at the checkpoint's step. */
  readonly hyperparameters: Values;
  readonly clients: Clients;
}

/**
 * Answers requests to a checkpoint. Samples and evaluations have the model for themselves; requests of the explorer share it slice by
 * slice, each with the weights that it asks for in place.
 */
export class InspectedCheckpoint implements RequestHandler {
  private readonly lock = new SharedLock();
  private activity: string | undefined;

  constructor(private readonly parts: Parts) {}

  state(): LiveState {
    const { head, workbench } = this.parts;
    return { ...stateOf(head, workbench), activity: this.activity };
  }

  logs(): [] {
    return [];
  }

  locate(): Promise<string> {
    return Promise.resolve(this.parts.file);
  }

  /** Throws {@link RefusedError}. */
  async answer(request: ControlRequest, body: Uint8Array): Promise<Answer> {
    if (isLatentRequest(request)) return this.explore(request, body);
    switch (request.method) {
      case 'state':
        return { value: this.state() };
      case 'sample':
        return this.alone((inspected) => answerSample(inspected, request.parameters));
      case 'draw':
        return this.alone((inspected) => answerDraw(inspected, request.parameters));
      case 'evaluate':
        return this.alone((inspected) => answerEvaluate(inspected, request.parameters));
      default:
        throw new RefusedError(`"${request.method}" is not possible: this is a checkpoint, not a run.`, 'unsupported');
    }
  }

  dispose(): void {
    this.parts.workbench.dispose();
  }

  /** With the checkpoint's own weights. */
  private alone(work: (inspected: Inspected) => Promise<Answer>): Promise<Answer> {
    const { workbench, weights, hyperparameters, head } = this.parts;
    const onProgress: Progress = (done, total, doing = 'evaluating') =>
      this.tell(`${doing}, ${done} of ${plural(total, exampleNoun(workbench.shape))}`);
    return this.lock
      .exclusive(() => {
        weights.use(weights.own);
        return work({ workbench, step: head.step, hyperparameters, onProgress });
      })
      .finally(() => this.tell(undefined));
  }

  private async explore(request: LatentRequest, body: Uint8Array): Promise<Answer> {
    const { workbench, head } = this.parts;
    // A client that asks what the model can do is about to use it: compile now, while the tab shows that it is loading.
    if (request.method === 'describe') workbench.prepareLatents(LONGEST_CALL_MILLISECONDS);
    const { step, epoch } = head;
    return answerLatent(request, body, { workbench, now: { step, epoch }, on: (at, work) => this.inSlices(at, work) });
  }

  private inSlices<T>(
    at: number | undefined,
    work: () => Slices<T>,
  ): Promise<{ readonly step: number; readonly value: T }> {
    const { weights, clients } = this.parts;
    return this.lock.shared(async () => {
      const wanted = await weights.at(at);
      const slices = work();
      for (;;) {
        weights.use(wanted);
        const result = runFor(slices, SLICE_MILLISECONDS);
        if (result.done === true) return { step: wanted.step, value: result.value };
        await breathe();
        await clients.delivered(DELIVERY_MILLISECONDS);
      }
    });
  }

  private tell(activity: string | undefined): void {
    this.activity = activity;
    this.parts.clients.broadcast({ type: 'state', state: this.state() });
  }
}

function stateOf({ step, epoch, metrics, specification }: Head, workbench: Workbench): LiveState {
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
