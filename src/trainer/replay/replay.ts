import { setImmediate as breathe } from 'node:timers/promises';
import type { HostTensor, Runner } from '../../engine/program';
import type { Checkpoint } from '../../runs/checkpointFile';
import type { Hyperparameters } from '../loop/hyperparameters';
import type { PartialSteps } from '../loop/partialSteps';
import { toState } from '../run/checkpointWriter';
import type { Workbench } from '../workbench/workbench';
import type { Origin } from './originWords';

/**
 * Steps that are carried out operation by operation: a loss is one step behind the weights, so that the first number may be of the
 * update before the one whose loss was not finite.
 */
const WATCHED = 2;

export interface ReplayParts {
  readonly workbench: Workbench;
  readonly hyperparameters: Hyperparameters;
  readonly partialSteps: PartialSteps;
  /** Where the replay starts; undefined: before the first step. */
  readonly checkpoint: Pick<Checkpoint, 'step' | 'tensors'> | undefined;
  /** Called before each step, with the number of finished ones; what it throws ends the replay. */
  onStep(step: number): void;
}

/**
 * Repeats a diverged run from a checkpoint up to finished update `until`, the last steps operation by operation. Resolves with where the
 * first number came from that is not finite; undefined where all were finite, as they may be where an operation by itself gives
 * other bits than one in a compiled function. The workbench is then left with the weights of some earlier step.
 */
export async function firstNonFinite(parts: ReplayParts, until: number): Promise<Origin | undefined> {
  const replay = new Replay(parts);
  try {
    return await replay.locate(until);
  } finally {
    replay.dispose();
  }
}

class Replay {
  private readonly watched: Runner;
  private readonly untrained: ReadonlyMap<string, HostTensor>;
  /** The step that is carried out, counted from 1. */
  private current = 0;
  private found: Origin | undefined;

  constructor(private readonly parts: ReplayParts) {
    const { phases } = parts.workbench.model;
    this.watched = parts.workbench.watchedRunner((each) => {
      const phase = phases.find(({ function: name }) => name === each.function)?.name ?? each.function;
      this.found ??= { ...each, phase, step: this.current };
    });
    this.untrained = this.watched.readState();
  }

  async locate(until: number): Promise<Origin | undefined> {
    const { runner } = this.parts.workbench;
    const from = this.restart();
    const first = Math.max(from, until - WATCHED);
    for (let step = from; step < first; step++) await this.repeat(step, runner);
    this.watched.writeState(runner.readState());
    for (let step = first; step < until && this.found === undefined; step++) await this.repeat(step, this.watched);
    const late = this.found;
    if (late?.part !== 'variable' || first === from) return late;
    // The weights were broken some steps before anybody noticed.
    this.found = undefined;
    await this.watchBreaking(this.restart(), first);
    return this.found ?? late;
  }

  dispose(): void {
    this.watched.dispose();
  }

  /** Returns how many steps are finished at the start. */
  private restart(): number {
    const { workbench, checkpoint } = this.parts;
    workbench.runner.writeState(checkpoint ? toState(checkpoint.tensors) : this.untrained);
    if (checkpoint === undefined) workbench.initialize();
    return checkpoint?.step ?? 0;
  }

  /** Repeats steps until one leaves a variable that is not finite, and that one operation by operation. */
  private async watchBreaking(from: number, until: number): Promise<void> {
    const { runner } = this.parts.workbench;
    for (let step = from; step < until; step++) {
      const before = runner.readState();
      await this.repeat(step, runner);
      if ([...runner.readState().values()].every(({ data }) => data.every(Number.isFinite))) continue;
      this.watched.writeState(before);
      return this.repeat(step, this.watched);
    }
  }

  /** Carries out step `step`, counted from 0. */
  private async repeat(step: number, runner: Runner): Promise<void> {
    await breathe();
    const { workbench, hyperparameters, partialSteps, onStep } = this.parts;
    onStep(step);
    this.current = step + 1;
    const only = partialSteps.phaseOf(step + 1);
    workbench.update(step, hyperparameters.scheduled(step + 1), { only, runner });
  }
}
