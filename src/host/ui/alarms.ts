import type { Disposable } from '../../common/disposable';
import type { RunSummary } from '../../protocol/views';
import type { FrontRun } from '../registry/frontRun';
import type { RunRegistry } from '../registry/registry';
import { AlertWatch } from './alertWatch';
import { Gathering } from './gathering';
import { tellAlerts } from './tellAlert';

export interface AlarmsOptions {
  readonly registry: RunRegistry;
  readonly front: FrontRun;
  /** When the window was opened, ISO 8601. */
  readonly opened: string;
  /** Milliseconds from the first alert to its message, and at least between two messages. */
  readonly wait: number;
  readonly apart: number;
  /** Whether the user wants messages. */
  readonly wanted: () => boolean;
}

/** Tells alerts that are raised while the window is open; those that come close together share a message. */
export class Alarms implements Disposable {
  private readonly watch = new AlertWatch();
  private readonly gathered: Gathering<string>;

  constructor(private readonly options: AlarmsOptions) {
    this.gathered = new Gathering<string>(options.wait, options.apart, (keys) => this.tell(keys));
  }

  update(runs: readonly RunSummary[]): void {
    const { registry, front, opened } = this.options;
    const young = (key: string) => (registry.detail(key)?.createdAt ?? '') > opened;
    for (const { key } of this.watch.update(runs, front.key, young)) this.gathered.add(key);
  }

  dispose(): void {
    this.gathered.dispose();
  }

  /** Those that still hold. */
  private tell(keys: readonly string[]): void {
    const { registry, wanted } = this.options;
    if (!wanted()) return;
    const known = keys.map((key) => registry.run(key)).filter((run) => run !== undefined);
    const runs = known.filter(({ alerts }) => alerts !== undefined);
    void tellAlerts(registry, runs);
  }
}
