import type { RunSummary } from '../../protocol/views';

/** Detects alerts that are raised while this window watches: each once, however often its run changes. */
export class AlertWatch {
  private readonly known = new Map<string, ReadonlySet<string>>();

  /**
   * Returns the runs with alerts that are new.
   *
   * @param front the run whose tab is the active editor, which shows them
   */
  update<Run extends Pick<RunSummary, 'key' | 'alerts'>>(runs: readonly Run[], front: string | undefined): Run[] {
    return runs.filter(({ key, alerts = [] }) => {
      const before = this.known.get(key);
      const now = new Set(alerts.map(({ name, step }) => `${name} ${step}`));
      this.known.set(key, now);
      return before !== undefined && key !== front && [...now].some((alert) => !before.has(alert));
    });
  }
}
