import { setImmediate as breathe } from 'node:timers/promises';
import type { LoopControl } from './loopControl';

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
  /** Called when the loop pauses and when it continues; the loop waits for it. */
  onPause(paused: boolean): Promise<void>;
}

/**
 * Called after each update with the number of finished updates. If it returns a promise, the next update waits for it:
 * what it does (an evaluation, a checkpoint) needs the weights as they are now.
 */
export type StepListener = (step: number, losses: Losses) => Promise<void> | undefined;

/** Trains until the task is complete or the control stops the loop. Resolves with the number of finished updates. */
export async function trainingLoop(
  task: TrainingTask,
  control: LoopControl,
  listeners: readonly StepListener[],
): Promise<number> {
  const onPause = (paused: boolean) => task.onPause(paused);
  let step = task.from;
  while (step < task.to) {
    // Between two steps the event loop gets its turn: sockets are read, timers fire, requests arrive.
    await breathe();
    if (!(await control.beforeStep(step, onPause))) break;
    const losses = task.update(step);
    step += 1;
    for (const listener of listeners) {
      const work = listener(step, losses);
      if (work !== undefined) await work;
    }
  }
  await control.finish(step);
  return step;
}
