import { setImmediate as breathe } from 'node:timers/promises';
import { plural } from '../../common/plural';
import { exampleNoun } from '../../protocol/dataShape';
import { Deferred } from '../../common/deferred';
import { runFor, type Slices } from '../../common/slices';
import type { ControlRequest, Results } from '../../protocol/control';
import type { Answer, Asker } from '../socket/controlServer';
import { Followers } from './followers';
import { answerLatent, type Explored } from './latentRequests';
import { RefusedError } from '../errors/refused';
import type { Ready } from '../start/prepare';
import { answerEvaluate, answerSample, type Inspected } from './requests';
import type { Session } from '../run/session';
import type { Steering } from '../loop/steering';

/** How long the run, and what is urgent, wait at a time for what the latent explorer asks. */
const SLICE_MILLISECONDS = 20;

/** Where requests to a run arrive. What needs no weights is answered at once, everything else between two steps. */
export class Desk {
  readonly followers = new Followers();
  private readonly end = new Deferred<Results['stop']>();
  private ready: Ready | undefined;
  private keepAtStop = true;

  constructor(
    private readonly session: Session,
    private readonly steering: Steering,
  ) {
    // Nobody may be waiting for the end when it comes as an error.
    this.end.promise.catch(() => undefined);
  }

  /** Everything is loaded; the loop is about to begin, and with it what lies between two steps. */
  open(ready: Ready): void {
    this.ready = ready;
  }

  /** Whether the run leaves a checkpoint when it is stopped. */
  get wantsCheckpoint(): boolean {
    return this.keepAtStop;
  }

  ended(result: Results['stop']): void {
    this.end.resolve(result);
  }

  failed(error: unknown): void {
    this.steering.cancel(error);
    this.end.reject(error);
  }

  async answer(request: ControlRequest, body: Uint8Array, asker: Asker): Promise<Answer> {
    const { steering } = this;
    switch (request.method) {
      case 'state':
        return { value: this.session.live.current };
      case 'pause':
        steering.pause();
        return { value: await steering.between((step) => Promise.resolve({ step })) };
      case 'resume':
        steering.resume();
        return { value: await steering.between((step) => Promise.resolve({ step })) };
      case 'step':
        return { value: { step: await steering.step(request.parameters.count) } };
      case 'stop':
        this.keepAtStop = request.parameters.checkpoint;
        steering.stop();
        return { value: await this.end.promise };
      case 'checkpoint':
        return steering.between(async (step) => ({
          value: { step, file: await this.require().checkpoints.write(step, { requested: true }) },
        }));
      case 'sample':
        return steering.between((step) => answerSample(this.inspected(step), request.parameters));
      case 'evaluate':
        return steering.between((step) =>
          this.session.live.during('evaluating', () => answerEvaluate(this.inspected(step), request.parameters)),
        );
      case 'set':
        return steering.between((step) => this.set(request.parameters.name, request.parameters.value, step));
      case 'follow': {
        const { step } = this.session.live.current;
        this.followers.follow(asker, request.parameters, this.require().workbench, step);
        return { value: { step } };
      }
      default:
        return answerLatent(request, body, this.explored());
    }
  }

  /** The new value holds from the next update on, and in `run.json` before anybody is told. */
  private async set(name: string, value: number, step: number): Promise<Answer> {
    const { hyperparameters } = this.require();
    const change = hyperparameters.set(name, value, step + 1);
    await this.session.record.update({ changes: [...hyperparameters.changes] });
    return { value: { step, before: change.before, after: change.value } };
  }

  private inspected(step: number): Inspected {
    const { workbench, hyperparameters, log } = this.require();
    const onProgress = (done: number, total: number) => {
      if (this.steering.stopping) throw new RefusedError('The run is being stopped.', 'ended');
      this.session.live.update({ activity: `evaluating, ${done} of ${plural(total, exampleNoun(workbench.shape))}` });
    };
    return { workbench, step, hyperparameters: hyperparameters.at(step), log, onProgress };
  }

  private explored(): Explored {
    const { step, epoch } = this.session.live.current;
    return {
      workbench: this.require().workbench,
      now: { step, epoch },
      on: async (at, work, urgent) => {
        if (at === undefined) return this.inSlices(work, urgent);
        throw new RefusedError('A live run answers for its weights as they are now.', 'unsupported');
      },
    };
  }

  /** A slice between two steps, the next one between the next two: neither training nor other requests wait for all of it. */
  private async inSlices<T>(
    work: () => Slices<T>,
    urgent: boolean,
  ): Promise<{ readonly step: number; readonly value: T }> {
    const slices = work();
    let first: number | undefined;
    const slice = (step: number) => {
      first ??= step;
      return Promise.resolve(runFor(slices, SLICE_MILLISECONDS));
    };
    for (;;) {
      const result = await this.steering.between(slice, { urgent });
      if (result.done) return { step: first ?? 0, value: result.value };
      await breathe();
    }
  }

  private require(): Ready {
    if (this.ready === undefined) throw new RefusedError('The run has not begun yet.', 'starting');
    return this.ready;
  }
}
