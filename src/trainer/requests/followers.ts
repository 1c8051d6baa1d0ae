import { setImmediate as breathe } from 'node:timers/promises';
import { exampleSize } from '../../protocol/dataShape';
import type { FollowParameters } from '../../protocol/latent';
import type { Asker } from '../socket/controlServer';
import { latentBytes } from './latentRequests';
import { encode, encoderOf, type Latents } from '../workbench/latents';
import type { StepListener } from '../loop/loop';
import type { SpeedMeter } from '../loop/speedMeter';
import type { Workbench } from '../workbench/workbench';

/** Of a run's time, what following it may take. */
export const MOST_SHARE = 0.03;
/** How far a new measurement moves the estimate of what it costs. */
const WEIGHT = 0.5;

interface Following {
  readonly count: number;
  readonly asked: number;
  /** Steps to the next one: as asked, or more where that would cost too much. */
  every: number;
  due: number;
  /** Milliseconds that encoding took, smoothed; undefined before the first. */
  cost: number | undefined;
}

/** Clients that want to see the latents of some test images move while the model trains. */
export class Followers {
  private readonly followings = new Map<Asker, Following>();

  /** Begins, changes or (`every` 0) ends what a client is sent; the first comes after the next step. */
  follow(asker: Asker, { count, every }: FollowParameters, workbench: Workbench, step: number): void {
    encoderOf(workbench.model);
    this.followings.delete(asker);
    if (every === 0) return;
    this.followings.set(asker, { count, asked: every, every, due: step + 1, cost: undefined });
    void asker.closed.then(() => this.followings.delete(asker));
  }

  /** Encodes for those whose turn it is; what that takes is no training time, and is kept to a small share of it. */
  listener({ workbench, speed }: { readonly workbench: Workbench; readonly speed: SpeedMeter }): StepListener {
    return (step) => {
      const due = [...this.followings].filter(([, following]) => step >= following.due);
      if (due.length === 0) return undefined;
      return this.tell(due, step, workbench, speed);
    };
  }

  private async tell(
    due: readonly (readonly [Asker, Following])[],
    step: number,
    workbench: Workbench,
    speed: SpeedMeter,
  ): Promise<void> {
    const start = performance.now();
    const latents = await encodeFirst(workbench, Math.max(...due.map(([, { count }]) => count)));
    const cost = performance.now() - start;
    speed.interrupt();
    const stepMilliseconds = speed.stepsPerSecond > 0 ? 1_000 / speed.stepsPerSecond : undefined;
    for (const [asker, following] of due) {
      following.cost = following.cost === undefined ? cost : WEIGHT * cost + (1 - WEIGHT) * following.cost;
      following.every = paced(following.asked, following.cost, stepMilliseconds);
      following.due = step + following.every;
      const { every } = following;
      const share = stepMilliseconds === undefined ? 0 : following.cost / (following.cost + every * stepMilliseconds);
      const { count, latent, means, logVariances } = first(latents, following.count);
      const body = latentBytes({ means, logVariances, count, latent });
      const variance = logVariances !== undefined;
      asker.send({ type: 'latents', latents: { step, count, latent, variance, every, share } }, body);
    }
  }
}

/** As many steps as are asked for, or as many as keep the cost to its share. */
export function paced(asked: number, cost: number, stepMilliseconds: number | undefined): number {
  if (stepMilliseconds === undefined) return asked;
  return Math.max(asked, Math.ceil((cost * (1 - MOST_SHARE)) / (MOST_SHARE * stepMilliseconds)));
}

/** The first test examples, encoded with a turn for the event loop after each batch. */
async function encodeFirst(workbench: Workbench, count: number): Promise<Latents> {
  const { values, labels } = workbench.dataset.test;
  const rows = values.subarray(0, count * exampleSize(workbench.shape));
  const work = encode(workbench, rows, labels?.subarray(0, count));
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await breathe();
  }
}

function first(latents: Latents, wanted: number): Latents {
  const { latent, means, logVariances } = latents;
  const count = Math.min(wanted, latents.count);
  const size = count * latent;
  return { latent, count, means: means.slice(0, size), logVariances: logVariances?.slice(0, size) };
}
