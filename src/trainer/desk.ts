import { Deferred } from '../common/deferred';
import type { ControlRequest, Results } from '../protocol/control';
import type { Answer } from './controlServer';
import { RefusedError } from './refused';
import type { Ready } from './prepare';
import { answerEvaluate, answerSample, type Inspected } from './requests';
import type { Session } from './session';
import type { Steering } from './steering';

/** Where requests to a training arrive. `state` is answered at once, everything else between two steps. */
export class Desk {
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

  /** Whether the training leaves a checkpoint when it is stopped. */
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

  async answer(request: ControlRequest): Promise<Answer> {
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
          value: { step, file: await this.require().checkpoints.write(step) },
        }));
      case 'sample':
        return steering.between((step) => Promise.resolve(answerSample(this.inspected(step), request.parameters)));
      case 'evaluate':
        return steering.between((step) =>
          this.session.live.during('evaluating', () => answerEvaluate(this.inspected(step), request.parameters)),
        );
      case 'set':
        return steering.between((step) => this.set(request.parameters.name, request.parameters.value, step));
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
      if (this.steering.stopping) throw new RefusedError('The training is being stopped.', 'ended');
      this.session.live.update({ activity: `evaluating, ${done} of ${total} images` });
    };
    return { workbench, step, hyperparameters: hyperparameters.at(step), log, onProgress };
  }

  private require(): Ready {
    if (this.ready === undefined) throw new RefusedError('The training has not begun yet.', 'starting');
    return this.ready;
  }
}
