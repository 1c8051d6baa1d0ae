import { Emitter } from '../../common/emitter';
import type { Disposable } from '../../common/disposable';
import { isLive } from '../../protocol/status';
import type { RunChoice, RunSummary } from '../../protocol/views';

/** What VS Code remembers for the workspace. */
export interface WorkspaceMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const REMEMBERED = 'charts.overlay';
/** Of so many runs it is remembered, the latest choices first to stay: the state must not grow with the runs. */
const MOST_REMEMBERED = 500;
/** More are found in the tree; a list of thousands of check boxes is of no use. */
const MOST_CHOICES = 200;

/**
 * Which runs the charts overlay. What was ticked or unticked in their list holds, also after a reload; of the other runs
 * those are shown that train, have trained while this window was open, or are selected in the tree, and where there is
 * nothing at all to show, the newest.
 */
export class RunSelection implements Disposable {
  private selected: readonly string[] = [];
  /** By key; in the order in which they were made. */
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

  /** The runs that are selected in the tree. Selecting a run means to see it, whatever was unticked before. */
  select(keys: readonly string[]): void {
    const hidden = keys.filter((key) => !this.selected.includes(key) && this.chosen.get(key) === false);
    this.selected = keys;
    for (const key of hidden) this.chosen.delete(key);
    if (hidden.length > 0) this.remember();
    this.changes.fire(undefined);
  }

  /** Ticks or unticks runs. */
  overlay(keys: readonly string[], shown: boolean): void {
    const known = new Set(this.registry.runs().map(({ key }) => key));
    for (const key of keys) {
      if (!known.has(key)) continue;
      this.chosen.delete(key);
      this.chosen.set(key, shown);
    }
    this.remember();
    this.changes.fire(undefined);
  }

  shown(): string[] {
    return this.choices().flatMap(({ key, shown }) => (shown ? [key] : []));
  }

  /** The newest runs, and older ones that are shown. */
  choices(): RunChoice[] {
    const runs = this.registry.runs();
    for (const { key, status } of runs) if (isLive(status)) this.trained.add(key);
    const byItself = runs.filter(({ key }) => this.trained.has(key) || this.selected.includes(key));
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

/** What was remembered, as far as it makes sense. */
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
