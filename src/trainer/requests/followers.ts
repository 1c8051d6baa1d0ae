import { setImmediate as breathe } from 'node:timers/promises';
import type { FollowParameters } from '../../protocol/latent';
import type { Client } from '../socket/clients';
import { latentBytes } from './latentRequests';
import { encode, encoderOf, type Latents } from '../workbench/latents';
import type { StepListener } from '../loop/loop';
import type { SpeedMeter } from '../loop/speedMeter';
import type { Workbench } from '../workbench/workbench';

/** The share of a run's time that following it may take. */
export const MOST_SHARE = 0.03;
/** Weight of a new measurement in the smoothed cost. */
const WEIGHT = 0.5;

interface Following {
  readonly count: number;
  readonly requested: number;
  /** Steps to the next one: as requested, or more if that would cost too much. */
  every: number;
  due: number;
  /** Milliseconds that encoding took, smoothed; undefined before the first. */
  cost: number | undefined;
}

/** Clients that want to see the latents of some test images move while the model trains. */
export class Followers {
  private readonly followings = new Map<Client, Following>();

  /**
   * Begins, changes or (`every` 0) ends what a client is sent; the first latents follow the next step. Throws
   * {@link RefusedError} for a family without an encoder.
   */
  follow(client: Client, { count, every }: FollowParameters, workbench: Workbench, step: number): void {
    encoderOf(workbench.model);
    this.followings.delete(client);
    if (every === 0) return;
    this.followings.set(client, { count, requested: every, every, due: step + 1, cost: undefined });
    void client.closed.then(() => this.followings.delete(client));
  }

  /** Encodes for the clients that are due. The time that takes is not counted as training, and is limited to a small share. */
  listener({ workbench, speed }: { readonly workbench: Workbench; readonly speed: SpeedMeter }): StepListener {
    return (step) => {
      const due = [...this.followings].filter(([, following]) => step >= following.due);
      if (due.length === 0) return undefined;
      return this.send(due, step, workbench, speed);
    };
  }

  private async send(
    due: readonly (readonly [Client, Following])[],
    step: number,
    workbench: Workbench,
    speed: SpeedMeter,
  ): Promise<void> {
    const start = performance.now();
    const latents = await encodeFirst(workbench, Math.max(...due.map(([, { count }]) => count)));
    const cost = performance.now() - start;
    speed.interrupt();
    const stepMilliseconds = speed.stepsPerSecond > 0 ? 1_000 / speed.stepsPerSecond : undefined;
    for (const [client, following] of due) {
      following.cost = following.cost === undefined ? cost : WEIGHT * cost + (1 - WEIGHT) * following.cost;
      following.every = paced(following.requested, following.cost, stepMilliseconds);
      following.due = step + following.every;
      const { every } = following;
      const share = stepMilliseconds === undefined ? 0 : following.cost / (following.cost + every * stepMilliseconds);
      const { count, latent, means, logVariances } = first(latents, following.count);
      const body = latentBytes({ means, logVariances, count, latent });
      const variance = logVariances !== undefined;
      client.send({ type: 'latents', latents: { step, count, latent, variance, every, share } }, body);
    }
  }
}

/** Steps between two encodings: as requested, or as many as limit the cost to {@link MOST_SHARE}. */
export function paced(requested: number, cost: number, stepMilliseconds: number | undefined): number {
  if (stepMilliseconds === undefined) return requested;
  return Math.max(requested, Math.ceil((cost * (1 - MOST_SHARE)) / (MOST_SHARE * stepMilliseconds)));
}

/** The first test examples, encoded with a turn for the event loop after each batch. */
async function encodeFirst(workbench: Workbench, count: number): Promise<Latents> {
  const { test } = workbench.dataset;
  const work = encode(workbench, { set: test, from: 0, count }, test.labels?.subarray(0, count));
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
