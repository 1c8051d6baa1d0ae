import { setImmediate as breathe } from 'node:timers/promises';
import type { Steering } from './steering';

/** Scalars of one update, by the name of the model's output. */
export type Losses = Readonly<Record<string, number>>;

/** What the loop trains: it knows nothing of models, data or disks. */
export interface TrainingTask {
  /** Updates that are finished already. */
  readonly from: number;
  /** Updates that make the run complete. */
  readonly to: number;
  /** Carries out update `step`, counted from 0. */
  update(step: number): Losses;
}

/**
 * Hears of each finished update (counted from 1). One that returns a promise keeps the next update waiting: what it
 * does (an evaluation, a checkpoint) is about the weights as they are now.
 */
export type StepListener = (step: number, losses: Losses) => Promise<void> | undefined;

/** Trains until the task is complete or the steering says stop. Resolves with the number of finished updates. */
export async function trainingLoop(
  task: TrainingTask,
  steering: Steering,
  listeners: readonly StepListener[],
): Promise<number> {
  let step = task.from;
  while (step < task.to) {
    // Between two steps the event loop gets its turn: sockets are read, timers fire, requests arrive.
    await breathe();
    if (!(await steering.gate(step))) break;
    const losses = task.update(step);
    step += 1;
    for (const listener of listeners) {
      const work = listener(step, losses);
      if (work !== undefined) await work;
    }
  }
  await steering.finish(step);
  return step;
}
