import { Emitter } from '../../common/emitter';
import type { Disposable } from '../../common/disposable';
import { isLive } from '../../protocol/status';
import type { RunChoice, RunSummary } from '../../protocol/views';

/** The state that VS Code stores for the workspace. */
export interface WorkspaceMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const REMEMBERED = 'charts.overlay';
/** Remembered for at most this many runs, the latest choices kept: the state must not grow with the number of runs. */
const MOST_REMEMBERED = 500;
/** More runs are reached through the tree; a list of thousands of check boxes is useless. */
const MOST_CHOICES = 200;

/**
 * Which runs the charts overlay: those checked in the tree. Explicit choices persist over a reload. Other runs are
 * checked while they train or if they have trained while this window was open; if the user has checked none and none
 * trains, the newest one is checked.
 */
export class RunSelection implements Disposable {
  /** By key, in the order in which they were made. */
  private readonly chosen: Map<string, boolean>;
  /** Runs that were seen training: one must not leave the charts at the moment when it ends. */
  private readonly trained = new Set<string>();
  private readonly changes = new Emitter<undefined>();

  readonly onChange = this.changes.event;

  constructor(
    private readonly registry: { runs(): RunSummary[] },
    private readonly memory: WorkspaceMemory,
  ) {
    this.chosen = new Map(decode(memory.get(REMEMBERED)));
  }

  /** Checks or unchecks runs. */
  overlay(keys: readonly string[], shown: boolean): void {
    const known = new Set(this.registry.runs().map(({ key }) => key));
    // The newest run is checked automatically only while no other one is: the next check must not uncheck one that the
    // user saw.
    const before = this.chosen.size === 0 ? this.shown() : [];
    for (const key of before) this.chosen.set(key, true);
    for (const key of keys) {
      if (!known.has(key)) continue;
      this.chosen.delete(key);
      this.chosen.set(key, shown);
    }
    this.remember();
    this.changes.fire(undefined);
  }

  /** The folder of a run was renamed; choices for it are kept. */
  follow({ from, to }: { readonly from: string; readonly to: string }): void {
    const chosen = this.chosen.get(from);
    if (this.trained.delete(from)) this.trained.add(to);
    if (chosen === undefined) return;
    this.chosen.delete(from);
    this.chosen.set(to, chosen);
    this.remember();
    this.changes.fire(undefined);
  }

  /** Checks one run and no other. */
  showOnly(key: string): void {
    this.overlay(this.shown(), false);
    this.overlay([key], true);
  }

  /** Checks all runs, or none. */
  showAll(shown: boolean): void {
    const keys = this.registry.runs().map((run) => run.key);
    this.overlay(keys.slice(0, MOST_REMEMBERED), shown);
  }

  shown(): string[] {
    return this.choices().flatMap(({ key, shown }) => (shown ? [key] : []));
  }

  /** The newest runs, and older ones that are shown. */
  choices(): RunChoice[] {
    const runs = this.registry.runs();
    for (const { key, status } of runs) if (isLive(status)) this.trained.add(key);
    const byItself = runs.filter(({ key }) => this.trained.has(key));
    const untouched = runs.every(({ key }) => !this.chosen.has(key));
    const shownByItself = new Set((byItself.length === 0 && untouched ? runs.slice(0, 1) : byItself).map(keyOf));
    return runs
      .map(({ key, name, status, color }) => {
        return { key, name, status, color, shown: this.chosen.get(key) ?? shownByItself.has(key) };
      })
      .filter(({ shown }, i) => shown || i < MOST_CHOICES);
  }

  dispose(): void {
    this.changes.dispose();
  }

  private remember(): void {
    for (const key of [...this.chosen.keys()].slice(0, -MOST_REMEMBERED)) this.chosen.delete(key);
    void this.memory.update(REMEMBERED, [...this.chosen]);
  }
}

function keyOf({ key }: RunSummary): string {
  return key;
}

/** The stored state; invalid parts are dropped. */
function decode(saved: unknown): [string, boolean][] {
  if (!Array.isArray(saved)) return [];
  return saved
    .slice(-MOST_REMEMBERED)
    .filter(
      (entry): entry is [string, boolean] =>
        Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'boolean',
    )
    .map(([key, shown]) => [key, shown]);
}
