import type { AlertRule } from '../../models/alerts';
import type { Alert } from '../../protocol/alert';

/** Older ones are forgotten: one that comes and goes could fill a record. */
const MOST_ALERTS = 50;

/** What becomes of a rule's values. */
interface Watched {
  readonly rule: AlertRule;
  readonly windows: ReadonlyMap<string, number[]>;
  readonly peaks: Map<string, number>;
  /** Examinations in a row in which a raised alert did not hold. */
  absent: number;
}

/**
 * Which of a model's alerts hold. That depends on the logged values alone, so that a resume that hands in what is in the log continues as
 * if nothing had happened.
 */
export class AlertMonitor {
  private readonly watched: readonly Watched[];
  private all: readonly Alert[] = [];

  /** @param remedy a hyperparameter's title and its value after a step; undefined for one that there is not */
  constructor(
    rules: readonly AlertRule[],
    private readonly remedy: (
      name: string,
      step: number,
    ) => { readonly title: string; readonly value: number } | undefined,
  ) {
    this.watched = rules.map((rule) => ({
      rule,
      windows: new Map(rule.tags.map((tag) => [tag, []])),
      peaks: new Map(),
      absent: 0,
    }));
  }

  /** All that were raised, those that were cleared included, in the order of their steps. */
  get alerts(): readonly Alert[] {
    return this.all;
  }

  /** The tags that the rules depend on. */
  get tags(): ReadonlySet<string> {
    return new Set(this.watched.flatMap(({ rule }) => rule.tags));
  }

  /** Takes values that are logged together after `step` finished updates. Returns the alerts that they raise or clear. */
  measured(step: number, values: Readonly<Record<string, number>>): readonly Alert[] {
    const due = this.watched.filter(({ rule }) => rule.tags.every((tag) => tag in values));
    return due.map((each) => this.examine(each, step, values)).filter((news) => news !== undefined);
  }

  private examine(each: Watched, step: number, values: Readonly<Record<string, number>>): Alert | undefined {
    const { rule, windows, peaks } = each;
    const medians = new Map<string, number>();
    for (const [tag, window] of windows) {
      window.push(values[tag]!);
      if (window.length > rule.window) window.shift();
      if (window.length < rule.window) continue;
      const median = medianOf(window);
      medians.set(tag, median);
      peaks.set(tag, Math.max(peaks.get(tag) ?? -Infinity, median));
    }
    if (medians.size < windows.size || step < (rule.after ?? 0)) return undefined;
    const text = rule.when({ median: (tag) => medians.get(tag)!, peak: (tag) => peaks.get(tag)! });
    const raised = this.all.find(({ name, cleared }) => name === rule.name && cleared === undefined);
    if (text !== undefined) {
      each.absent = 0;
      return raised === undefined ? this.raise(rule, step, text) : undefined;
    }
    each.absent += 1;
    return raised !== undefined && each.absent >= rule.window ? this.clear(raised, step) : undefined;
  }

  private raise(rule: AlertRule, step: number, text: string): Alert {
    const { name, title, advice } = rule;
    const alert = { name, title, step, text, advice, remedy: this.remedyOf(rule, step) };
    this.all = [...this.all, alert].slice(-MOST_ALERTS);
    return alert;
  }

  private clear(raised: Alert, step: number): Alert {
    const cleared = { ...raised, cleared: step };
    this.all = this.all.map((alert) => (alert === raised ? cleared : alert));
    return cleared;
  }

  private remedyOf({ remedy }: AlertRule, step: number): Alert['remedy'] {
    const found = remedy && this.remedy(remedy.hyperparameter, step);
    // What is 0 stays 0.
    if (remedy === undefined || found === undefined || found.value === 0) return undefined;
    const value = Number((found.value * remedy.factor).toPrecision(3));
    return { name: remedy.hyperparameter, title: found.title, value };
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
