import type { Hyperparameter, Model } from '../../models/model';
import type { Change } from '../../protocol/run';
import { lastEdit } from '../../protocol/lastEdit';
import { revisionProblem, type Revision } from '../../protocol/revision';
import { RefusedError } from '../errors/refused';

type Schedule = NonNullable<Hyperparameter['schedule']>;

/** `run.json` holds every change and is read up to a megabyte. */
const MOST_CHANGES = 4_000;

/**
 * The hyperparameters that may be changed while a model trains. Their values at an update depend on the recorded changes
 * and the update's number alone, so a resumed run repeats every change at its step.
 */
export class Hyperparameters {
  private recorded: readonly Change[];

  constructor(
    private readonly declared: Model['hyperparameters'],
    changes: readonly Change[],
    /** The factor of a schedule at an update, counted from 1. */
    private readonly factor: (schedule: Schedule, update: number) => number = () => 1,
  ) {
    this.recorded = changes.filter((change) => Object.hasOwn(declared, change.name));
  }

  get changes(): readonly Change[] {
    return this.recorded;
  }

  /** Values for an update, counted from 1. */
  at(update: number): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.keys(this.declared).map((name) => [name, this.valueAt(name, update)]));
  }

  /** The same with their schedules applied to learning rates. */
  scheduled(update: number): Readonly<Record<string, number>> {
    const values = this.at(update);
    const scheduled = this.schedules.map(([name, schedule]) => [name, values[name]! * this.factor(schedule, update)]);
    return { ...values, ...(Object.fromEntries(scheduled) as Record<string, number>) };
  }

  /** The scheduled learning rates alone, by the names that they are logged under: `learning_rate`. */
  learningRates(update: number): Readonly<Record<string, number>> {
    const values = this.scheduled(update);
    return Object.fromEntries(this.schedules.map(([name]) => [snakeCase(name), values[name]!]));
  }

  private get schedules(): (readonly [string, Schedule])[] {
    return Object.entries(this.declared).flatMap(([name, { schedule }]) =>
      schedule ? [[name, schedule] as const] : [],
    );
  }

  /** The changes that take effect at an update. */
  startingAt(update: number): readonly Change[] {
    return this.recorded.filter((change) => change.step === update);
  }

  /**
   * Records a value that holds from `update` on. Changes of the same name at later updates, from an earlier session that
   * got further, are dropped: the newest change wins. Throws {@link RefusedError} for a name or a value
   * that the model does not have.
   */
  set(name: string, value: number, update: number): Change {
    const declaration = this.check(name);
    if (value < declaration.minimum || value > declaration.maximum) {
      const range = `between ${declaration.minimum} and ${declaration.maximum}`;
      throw new RefusedError(`${declaration.title} must be ${range}; ${value} is not.`, 'invalid');
    }
    const before = this.valueAt(name, update - 1);
    const kept = this.recorded.filter((change) => change.name !== name || change.step < update);
    if (kept.length >= MOST_CHANGES) {
      throw new RefusedError(
        `This run has reached the limit of ${MOST_CHANGES.toLocaleString('en-US')} recorded changes.`,
        'full',
      );
    }
    const change: Change = { step: update, name, before, value };
    this.recorded = [...kept, change].sort((left, right) => left.step - right.step);
    return change;
  }

  /**
   * Applies the changes of a resume, which hold from `update` on. A last edit at a later update is dropped, since the
   * weights were not trained with it; an earlier one is followed by a change back to its previous value. Returns notes on
   * what was reverted. Throws {@link RefusedError} for changes that are not possible; then nothing is changed.
   */
  revise(revision: Revision, update: number): string[] {
    const declared = Object.entries(this.declared).map(([name, each]) => ({ name, ...each }));
    const problem = revisionProblem(revision, declared, this.recorded);
    if (problem !== undefined) throw new RefusedError(problem, 'invalid');
    const notes = revision.withoutLastEdit ? [this.revert(lastEdit(this.recorded)!, update)] : [];
    for (const [name, value] of Object.entries(revision.set ?? {})) {
      if (
        this.valueAt(name, update) !== value ||
        this.recorded.some((each) => each.name === name && each.step > update)
      ) {
        this.set(name, value, update);
      }
    }
    return notes;
  }

  private revert(edit: Change, update: number): string {
    const { name, step, before, value } = edit;
    const words = `${this.check(name).title} ${before} → ${value} (step ${step})`;
    if (step >= update) {
      this.recorded = this.recorded.filter((change) => change !== edit);
      return `Resumed from step ${update - 1} without the edit ${words}.`;
    }
    const back = this.set(name, before, update);
    this.recorded = this.recorded.map((change) => (change === back ? { ...back, takesBack: step } : change));
    return `Resumed from step ${update - 1}, from where on the edit ${words} is taken back; the steps up to there were trained with it.`;
  }

  private valueAt(name: string, update: number): number {
    const latest = this.recorded.findLast((change) => change.name === name && change.step <= update);
    return latest?.value ?? this.check(name).value;
  }

  private check(name: string): Hyperparameter {
    const declaration = Object.hasOwn(this.declared, name) ? this.declared[name] : undefined;
    if (declaration !== undefined) return declaration;
    const known = Object.keys(this.declared).join(', ');
    throw new RefusedError(`This model has no hyperparameter "${name}". It has: ${known}.`, 'invalid');
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
