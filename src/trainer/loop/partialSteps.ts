import type { PartialStep } from '../../protocol/run';
import { RefusedError } from '../errors/refused';

/** `run.json` holds every one and is read up to a megabyte. */
const MOST_PARTIAL_STEPS = 4_000;

/**
 * The training steps of which a user had only one phase carried out. They are recorded by their numbers, so that the weights remain a
 * function of seed, step and record: a resumed run repeats them.
 */
export class PartialSteps {
  private recorded: readonly PartialStep[];
  private byStep: ReadonlyMap<number, string>;

  /** @param phases names of the model's phases */
  constructor(
    private readonly phases: readonly string[],
    recorded: readonly PartialStep[] = [],
  ) {
    this.recorded = recorded.filter(({ phase }) => phases.includes(phase));
    this.byStep = indexed(this.recorded);
  }

  /** Puts back what {@link all} was before. */
  restore(recorded: readonly PartialStep[]): void {
    this.recorded = recorded;
    this.byStep = indexed(recorded);
  }

  get all(): readonly PartialStep[] {
    return this.recorded;
  }

  /** The phase that step `step`, counted from 1, consists of; undefined for a whole step. */
  phaseOf(step: number): string | undefined {
    return this.byStep.get(step);
  }

  /**
   * Records that step `step`, counted from 1, consists of that phase. Later ones, from an earlier session that got further, are
   * dropped: the newest wins. Throws {@link RefusedError} for a phase that the model does not have.
   */
  add(step: number, phase: string): void {
    if (this.phases.length < 2) {
      throw new RefusedError('A step of this model has a single phase: make a whole step.', 'unsupported');
    }
    if (!this.phases.includes(phase)) {
      const known = this.phases.join(', ');
      throw new RefusedError(`This model has no phase "${phase}". Its phases are: ${known}.`, 'invalid');
    }
    const kept = this.recorded.filter((each) => each.step < step);
    if (kept.length >= MOST_PARTIAL_STEPS) {
      const most = MOST_PARTIAL_STEPS.toLocaleString('en-US');
      throw new RefusedError(`This run has reached the limit of ${most} steps of single phases.`, 'full');
    }
    this.recorded = [...kept, { step, phase }];
    this.byStep = indexed(this.recorded);
  }
}

function indexed(steps: readonly PartialStep[]): Map<number, string> {
  return new Map(steps.map(({ step, phase }) => [step, phase]));
}
