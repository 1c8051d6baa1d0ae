import type { RunSummary } from '../../src/protocol/views';

/** Which charts there are, and which curves each of them holds; drawn by {@link ChartBoard}. */
export interface ChartPlan {
  /** Stable while runs come and go, so that a chart keeps its place. */
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly PlannedCurve[];
}

export interface PlannedCurve {
  readonly run: string;
  readonly tag: string;
  readonly label: string;
  /** Place among the chart's kinds of curve (train 0, test 1, …): decides the line's style. */
  readonly kind: number;
}

export interface PlannedRun {
  readonly summary: Pick<RunSummary, 'key' | 'presentation'>;
  readonly series: ReadonlyMap<string, unknown>;
}

/**
 * The charts that the runs' families declare, in their order, with runs of one family sharing them; runs without a
 * declaration (logs of other programs) get one chart for each group of tags.
 */
export function planCharts(runs: readonly PlannedRun[]): ChartPlan[] {
  const plans = new PlanBuilder();
  for (const { summary, series } of runs) {
    if (summary.presentation) {
      for (const { title, unit, series: declared } of summary.presentation.charts) {
        const chart = plans.chart(`declared/${title}`, title, unit);
        declared.forEach(({ tag, label }) => {
          if (series.has(tag)) plans.add(chart, summary.key, tag, label);
        });
      }
    } else {
      addGroups(plans, summary.key, [...series.keys()]);
    }
  }
  return plans.build();
}

/** The curves that the family's charts and bars leave out: learning rate, speed and whatever else was logged. */
export function planFurtherCharts(runs: readonly PlannedRun[]): ChartPlan[] {
  const plans = new PlanBuilder();
  for (const { summary, series } of runs) {
    const { presentation } = summary;
    if (!presentation) continue;
    const shown = new Set(presentation.charts.flatMap((chart) => chart.series.map(({ tag }) => tag)));
    const bars = presentation.bars.map(({ prefix }) => prefix);
    const rest = [...series.keys()].filter((tag) => !shown.has(tag) && !bars.some((prefix) => tag.startsWith(prefix)));
    for (const tag of rest.sort()) plans.add(plans.chart(`tag/${tag}`, tag, ''), summary.key, tag, tag);
  }
  return plans.build();
}

/** "loss/train" and "loss/test" share the chart "loss"; a tag without a slash has its own. */
function addGroups(plans: PlanBuilder, run: string, tags: readonly string[]): void {
  for (const tag of [...tags].sort()) {
    const slash = tag.lastIndexOf('/');
    const group = slash > 0 ? tag.slice(0, slash) : tag;
    plans.add(plans.chart(`group/${group}`, group, ''), run, tag, slash > 0 ? tag.slice(slash + 1) : tag);
  }
}

class PlanBuilder {
  private readonly charts = new Map<string, { title: string; unit: string; kinds: string[]; curves: PlannedCurve[] }>();

  chart(key: string, title: string, unit: string): string {
    if (!this.charts.has(key)) this.charts.set(key, { title, unit, kinds: [], curves: [] });
    return key;
  }

  add(key: string, run: string, tag: string, label: string): void {
    const chart = this.charts.get(key)!;
    if (!chart.kinds.includes(tag)) chart.kinds.push(tag);
    chart.curves.push({ run, tag, label, kind: chart.kinds.indexOf(tag) });
  }

  build(): ChartPlan[] {
    return [...this.charts]
      .filter(([, { curves }]) => curves.length > 0)
      .map(([key, { title, unit, curves }]) => ({ key, title, unit, curves }));
  }
}

/** The name under which the legend remembers a hidden kind of curve. */
export function curveKey({ tag }: { readonly tag: string }): string {
  return `tag:${tag}`;
}
