import { panelsOf } from '../../src/protocol/panelsOf';
import type { RunSummary } from '../../src/protocol/views';

/** Decides which charts there are and which curves each of them contains; drawn by {@link ChartBoard}. */
export interface ChartPlan {
  /** Stable while runs are added and removed, so that a chart keeps its position. */
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly PlannedCurve[];
}

export interface PlannedCurve {
  readonly run: string;
  readonly tag: string;
  readonly label: string;
  /** Index among the chart's kinds of curve (train 0, test 1, …), which determines the line's style. */
  readonly kind: number;
}

/** Series that differ only by a number, one per dimension or layer, as rows of one map. */
export interface HeatPlan {
  readonly key: string;
  readonly title: string;
  readonly run: string;
  /** By number. */
  readonly rows: readonly { readonly tag: string; readonly label: string }[];
}

/** More overlaid lines cannot be told apart. */
const MOST_NUMBERED_LINES = 8;

export interface PlannedRun {
  readonly summary: Pick<RunSummary, 'key' | 'name' | 'presentation'>;
  readonly series: ReadonlyMap<string, unknown>;
}

/**
 * The charts declared by the runs' families, in their order, shared by runs that give a chart the same title and unit; runs
 * without a declaration (logs of other programs) get one chart per group of tags.
 */
export function planCharts(runs: readonly PlannedRun[]): ChartPlan[] {
  const plans = new PlanBuilder();
  for (const { summary, series } of runs) {
    if (summary.presentation) {
      for (const { title, unit, series: declared } of panelsOf(summary.presentation, 'curves')) {
        const chart = plans.chart(`declared/${title}/${unit}`, title, unit);
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

/** The curves that the family's charts and bars omit: learning rate, speed and everything else that was logged. */
export function planFurtherCharts(runs: readonly PlannedRun[]): ChartPlan[] {
  const plans = new PlanBuilder();
  for (const { summary, series } of runs) {
    const { presentation } = summary;
    if (!presentation) continue;
    const shown = new Set(panelsOf(presentation, 'curves').flatMap((chart) => chart.series.map(({ tag }) => tag)));
    const bars = panelsOf(presentation, 'bars').map(({ prefix }) => prefix);
    const rest = [...series.keys()].filter((tag) => !shown.has(tag) && !bars.some((prefix) => tag.startsWith(prefix)));
    const numbered = numberedGroups(rest);
    for (const tag of rest.sort()) {
      const group = numbered.get(groupOf(tag));
      if (group === undefined) plans.add(plans.chart(`tag/${tag}`, tag, ''), summary.key, tag, tag);
      else if (!isHeat(group))
        plans.add(plans.chart(`group/${groupOf(tag)}`, groupOf(tag), ''), summary.key, tag, lastOf(tag));
    }
  }
  return plans.build();
}

/** Heat maps for series that would need too many lines in {@link planCharts} and {@link planFurtherCharts}. */
export function planHeatMaps(runs: readonly PlannedRun[], which: 'declared' | 'foreign'): HeatPlan[] {
  const chosen = runs.filter(({ summary }) => (summary.presentation === undefined) === (which === 'foreign'));
  return chosen.flatMap(({ summary, series }) => {
    const [bars, charts] = [panelsOf(summary.presentation, 'bars'), panelsOf(summary.presentation, 'curves')];
    const shown = new Set(charts.flatMap((chart) => chart.series.map(({ tag }) => tag)));
    const tags = [...series.keys()].filter(
      (tag) => !shown.has(tag) && !bars.some(({ prefix }) => tag.startsWith(prefix)),
    );
    return [...numberedGroups(tags)]
      .filter(([, group]) => isHeat(group))
      .map(([title, group]) => ({
        key: JSON.stringify([summary.key, title]),
        title: chosen.length > 1 ? `${title} · ${summary.name}` : title,
        run: summary.key,
        rows: group.sort((a, b) => Number(lastOf(a)) - Number(lastOf(b))).map((tag) => ({ tag, label: lastOf(tag) })),
      }));
  });
}

function isHeat(group: readonly string[]): boolean {
  return group.length > MOST_NUMBERED_LINES;
}

/** "latent/variance" → its tags "latent/variance/00", "latent/variance/01" …, if there are several. */
function numberedGroups(tags: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const tag of tags) {
    if (!/\/\d+$/.test(tag)) continue;
    const group = groups.get(groupOf(tag));
    if (group) group.push(tag);
    else groups.set(groupOf(tag), [tag]);
  }
  return new Map([...groups].filter(([, group]) => group.length > 1).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function groupOf(tag: string): string {
  const slash = tag.lastIndexOf('/');
  return slash > 0 ? tag.slice(0, slash) : tag;
}

function lastOf(tag: string): string {
  const slash = tag.lastIndexOf('/');
  return slash > 0 ? tag.slice(slash + 1) : tag;
}

/** "loss/train" and "loss/test" share the chart "loss"; a tag without a slash has its own. */
function addGroups(plans: PlanBuilder, run: string, tags: readonly string[]): void {
  const heat = new Set([...numberedGroups(tags).values()].filter(isHeat).flat());
  for (const tag of [...tags].sort()) {
    if (heat.has(tag)) continue;
    plans.add(plans.chart(`group/${groupOf(tag)}`, groupOf(tag), ''), run, tag, lastOf(tag));
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

/** The key under which the legend remembers a hidden kind of curve. */
export function curveKey({ tag }: { readonly tag: string }): string {
  return `tag:${tag}`;
}
