import { setImmediate as breathe } from 'node:timers/promises';
import { plural } from '../../common/plural';
import { exampleNoun } from '../../protocol/dataShape';
import { runFor, type Slices } from '../../common/slices';
import type { ControlRequest, LiveState, Parameters, Results } from '../../protocol/control';
import type { Answer, RequestHandler } from '../socket/controlServer';
import type { Client } from '../socket/clients';
import type { Followers } from './followers';
import { answerLatent, type Explored } from './latentRequests';
import { answerDraw } from './draw';
import { RefusedError } from '../errors/refused';
import type { LoadedRun } from '../start/prepare';
import { answerEvaluate, answerSample, type Inspected } from './requests';
import type { Publisher } from '../run/publisher';
import type { Session } from '../run/session';
import type { Progress } from '../workbench/measures';
import type { LoopControl } from '../loop/loopControl';

/** How long training, and urgent work, wait at a time for the latent explorer. */
const SLICE_MILLISECONDS = 20;

export interface RunRequestsParts {
  readonly session: Pick<Session, 'live' | 'record' | 'locate'>;
  readonly publisher: Pick<Publisher, 'logs'>;
  readonly control: LoopControl;
  readonly followers: Followers;
  /** Resolves when data, model and checkpoint are loaded; requests for them wait until then. */
  readonly loaded: Promise<LoadedRun>;
  /** Resolves when training has ended and its last checkpoint is written. */
  readonly ended: Promise<Results['stop']>;
}

/** Answers requests to a run: at once if they do not need the weights, otherwise between two steps. */
export class RunRequests implements RequestHandler {
  /** Settles when the last step of a single phase has. */
  private partial: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: RunRequestsParts) {}

  state(): LiveState {
    return this.parts.session.live.current;
  }

  logs(): Publisher['logs'] {
    return this.parts.publisher.logs;
  }

  locate(): Promise<string> {
    return this.parts.session.locate();
  }

  /** Throws {@link RefusedError}, or the error with which the run has ended. */
  async answer(request: ControlRequest, body: Uint8Array, client: Client): Promise<Answer> {
    const { control, session, loaded, ended, followers } = this.parts;
    switch (request.method) {
      case 'state':
        return { value: this.state() };
      case 'pause':
        control.pause();
        return { value: await control.betweenSteps((step) => Promise.resolve({ step })) };
      case 'resume':
        control.resume();
        return { value: await control.betweenSteps((step) => Promise.resolve({ step })) };
      case 'step':
        return { value: { step: await this.step(request.parameters) } };
      case 'pace': {
        const { stepsPerSecond } = request.parameters;
        control.setPace(stepsPerSecond);
        session.live.update({ pace: stepsPerSecond ?? undefined });
        return { value: { step: session.live.current.step, stepsPerSecond } };
      }
      case 'stop':
        control.stop(request.parameters);
        return { value: await ended };
      case 'checkpoint':
        return this.betweenSteps(async ({ checkpoints }, step) => ({
          value: { step, file: await checkpoints.write(step, { requested: true }) },
        }));
      case 'sample':
        return this.betweenSteps((run, step) => answerSample(this.inspected(run, step), request.parameters));
      case 'draw':
        return this.betweenSteps(({ workbench }, step) => answerDraw({ workbench, step }, request.parameters));
      case 'evaluate':
        return this.betweenSteps((run, step) =>
          session.live.during('evaluating', () => answerEvaluate(this.inspected(run, step), request.parameters)),
        );
      case 'set':
        return this.betweenSteps((run, step) => this.set(run, request.parameters, step));
      case 'follow': {
        const { workbench } = await loaded;
        const { step } = session.live.current;
        followers.follow(client, request.parameters, workbench, step);
        return { value: { step } };
      }
      default:
        return answerLatent(request, body, this.explored(await loaded));
    }
  }

  /** Requests that arrive while the run starts are done before its first step, in the order of their arrival. */
  private betweenSteps(work: (run: LoadedRun, step: number) => Promise<Answer>): Promise<Answer> {
    return this.parts.control.betweenSteps(async (step) => work(await this.parts.loaded, step));
  }

  /** The new value holds from the next update on, and is in `run.json` before the client is answered. */
  private async set(
    { hyperparameters }: LoadedRun,
    { name, value }: { readonly name: string; readonly value: number },
    step: number,
  ): Promise<Answer> {
    const change = hyperparameters.set(name, value, step + 1);
    await this.parts.session.record.update({ changes: [...hyperparameters.changes] });
    return { value: { step, before: change.before, after: change.value } };
  }

  /** A step of a single phase is in `run.json` before it is made, so that a resume repeats it. */
  private async step({ count, phase, show }: Parameters<'step'>): Promise<number> {
    const { control, session } = this.parts;
    if (phase === undefined) return control.step(count, { show });
    if (count > 1) throw new RefusedError('Single phases are carried out one at a time.', 'invalid');
    // One after another: two that wait between the same two steps would both be of the next step.
    const made = this.partial.then(async () => {
      const { paused } = await control.betweenSteps(async (step) => {
        const { partialSteps, totalSteps } = await this.parts.loaded;
        if (step >= totalSteps) throw new RefusedError('The run has made its last step.', 'ended');
        const { all } = partialSteps;
        partialSteps.add(step + 1, phase);
        try {
          await session.record.update({ partialSteps: [...partialSteps.all] });
        } catch (error) {
          // The caller is told that nothing was done: no later write may say otherwise.
          partialSteps.restore(all);
          await session.record.update({ partialSteps: [...all] }).catch(() => undefined);
          throw error;
        }
        return { paused: control.step(1, { show }) };
      });
      return paused;
    });
    this.partial = made.catch(() => undefined);
    return made;
  }

  private inspected({ workbench, hyperparameters, log }: LoadedRun, step: number): Inspected {
    const { control, session } = this.parts;
    const onProgress: Progress = (done, total, doing = 'evaluating') => {
      if (control.stopping) throw new RefusedError('The run is being stopped.', 'ended');
      session.live.update({ activity: `${doing}, ${done} of ${plural(total, exampleNoun(workbench.shape))}` });
    };
    return { workbench, step, hyperparameters: hyperparameters.at(step), log, onProgress };
  }

  private explored({ workbench }: LoadedRun): Explored {
    const { step, epoch } = this.parts.session.live.current;
    return {
      workbench,
      now: { step, epoch },
      on: async (at, work, urgent) => {
        if (at === undefined) return this.inSlices(work, urgent);
        throw new RefusedError('A live run answers for its weights as they are now.', 'unsupported');
      },
    };
  }

  /** One slice between two steps, the next between the next two, so that neither training nor other requests wait long. */
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
      const result = await this.parts.control.betweenSteps(slice, { urgent });
      if (result.done) return { step: first ?? 0, value: result.value };
      await breathe();
    }
  }
}
