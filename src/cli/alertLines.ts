import type { Alert } from '../protocol/alert';
import { alertWords } from '../protocol/alertWords';
import type { Output } from './output';

/** Prints each alert of a run once when it is raised, and once when it is over; for programs as documents of the event `alert`. */
export class AlertLines {
  private readonly told = new Set<string>();

  constructor(private readonly output: Output) {}

  update(alerts: readonly Alert[] = []): void {
    for (const alert of alerts) {
      const { name, step, cleared } = alert;
      const news = `${name} ${step} ${cleared ?? ''}`;
      if (this.told.has(news)) continue;
      this.told.add(news);
      if (this.output.json) this.output.result({ event: 'alert', ...alert }, '');
      else this.output.problem(alertWords(alert));
    }
  }
}
