import type { RunSummary } from '../../protocol/views';

/** Detects alerts that are raised while this window watches: each once, however often its run changes. */
export class AlertWatch {
  private readonly known = new Map<string, ReadonlySet<string>>();

  /**
   * Returns the runs with alerts that are new.
   *
   * @param front the run whose tab is the active editor, which shows them
   * @param young whether a run was created while the window was open: its first alerts may be there when it is found
   */
  update<Run extends Pick<RunSummary, 'key' | 'alerts'>>(
    runs: readonly Run[],
    front: string | undefined,
    young: (key: string) => boolean,
  ): Run[] {
    return runs.filter(({ key, alerts = [] }) => {
      const before = this.known.get(key) ?? (young(key) ? new Set() : undefined);
      const now = new Set(alerts.map(({ name, step }) => `${name} ${step}`));
      this.known.set(key, now);
      return before !== undefined && key !== front && [...now].some((alert) => !before.has(alert));
    });
  }
}
