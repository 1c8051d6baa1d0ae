import type { AlertRule } from '../../models/alerts';
import type { Hyperparameter } from '../../models/model';
import type { Alert } from '../../protocol/alert';
import { alertWords } from '../../protocol/alertWords';
import type { ScalarColumns } from '../../protocol/logs';
import type { EventLogWriter } from '../../runs/eventLog';
import { RunLogReader } from '../../runs/logReader';
import type { Hyperparameters } from '../loop/hyperparameters';
import type { LiveStatus } from '../run/live';
import type { RecordKeeper } from '../run/recordKeeper';
import { AlertMonitor } from './alertMonitor';

type Counts = (tag: string, step: number) => boolean;

export interface AlertsParts {
  readonly model: {
    readonly alerts?: readonly AlertRule[];
    readonly hyperparameters: Readonly<Record<string, Hyperparameter>>;
  };
  readonly hyperparameters: Pick<Hyperparameters, 'at'>;
  readonly log: Pick<EventLogWriter, 'text'>;
  readonly live: Pick<LiveStatus, 'update'>;
  readonly record: Pick<RecordKeeper, 'update' | 'current'>;
}

/** Tells what the model's alerts say: in the trainer's log, the event file, `run.json` and the live state. */
export class Alerts {
  private readonly monitor: AlertMonitor;

  constructor(private readonly parts: AlertsParts) {
    const { model, hyperparameters } = parts;
    this.monitor = new AlertMonitor(model.alerts ?? [], (name, step) => {
      const title = Object.hasOwn(model.hyperparameters, name) ? model.hyperparameters[name]!.title : undefined;
      return title === undefined ? undefined : { title, value: hyperparameters.at(step + 1)[name]! };
    });
  }

  /**
   * Continues after what a run's log holds up to `step`; what was raised later will be raised again, if it comes again.
   *
   * @param counts whether a logged value was given to {@link measured}, too
   */
  async resume(run: string, step: number, counts: Counts = () => true): Promise<void> {
    if (step > 0 && this.monitor.tags.size > 0) await this.readBack(run, step, counts);
    const { live, record } = this.parts;
    const alerts = [...this.monitor.alerts];
    if (alerts.length === 0 && (record.current.alerts ?? []).length === 0) return;
    live.update({ alerts });
    await record.update({ alerts });
  }

  /** Takes values that were logged together after `step` finished updates; resolves when all is told. Undefined where there is no news. */
  measured(step: number, values: Readonly<Record<string, number>>): Promise<void> | undefined {
    const news = this.monitor.measured(step, values);
    return news.length === 0 ? undefined : this.tell(step, news);
  }

  private async tell(step: number, news: readonly Alert[]): Promise<void> {
    const { log, live, record } = this.parts;
    for (const alert of news) {
      const words = alertWords(alert);
      process.stderr.write(`${words}\n`);
      log.text(`alerts/${alert.name}`, step, words);
    }
    const alerts = [...this.monitor.alerts];
    live.update({ alerts });
    await record.update({ alerts });
  }

  private async readBack(run: string, last: number, counts: Counts): Promise<void> {
    const reader = new RunLogReader(run);
    await reader.refresh();
    const series = reader.snapshot().scalars.filter(({ tag }) => this.monitor.tags.has(tag));
    for (const [step, values] of rowsOf(series, last, counts)) this.monitor.measured(step, values);
  }
}

/** The values of each step up to `last`, by tag, in the order of the steps. */
function rowsOf(
  series: readonly (ScalarColumns & { readonly tag: string })[],
  last: number,
  counts: Counts,
): [number, Record<string, number>][] {
  const rows = new Map<number, Record<string, number>>();
  for (const { tag, steps, values } of series) {
    steps.forEach((step, index) => {
      if (step > last || !counts(tag, step)) return;
      const row = rows.get(step) ?? {};
      row[tag] = values[index]!;
      rows.set(step, row);
    });
  }
  return [...rows].sort(([left], [right]) => left - right);
}
