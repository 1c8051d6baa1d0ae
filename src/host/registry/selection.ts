import { Emitter } from '../../common/emitter';
import type { Disposable } from '../../common/disposable';
import { isLive } from '../../protocol/status';
import type { RunSummary } from '../../protocol/views';

/** Which runs the charts overlay: those selected in the tree and those that train; with neither, the newest. */
export class RunSelection implements Disposable {
  private selected: readonly string[] = [];
  private readonly changes = new Emitter<undefined>();

  readonly onChange = this.changes.event;

  constructor(private readonly registry: { runs(): RunSummary[] }) {}

  select(keys: readonly string[]): void {
    this.selected = keys;
    this.changes.fire(undefined);
  }

  shown(): string[] {
    const runs = this.registry.runs();
    const shown = runs.filter((run) => isLive(run.status) || this.selected.includes(run.key));
    return (shown.length > 0 ? shown : runs.slice(0, 1)).map((run) => run.key);
  }

  dispose(): void {
    this.changes.dispose();
  }
}
