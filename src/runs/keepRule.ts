import type { CheckpointRule } from '../protocol/specification';

/** What the keep rule looks at. */
export interface KeepCandidate {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Requested by the user. */
  readonly requested?: boolean;
}

/**
 * Which checkpoints a rule keeps: the newest `keepLast` by step, the best by the metric of `keepBest` (of equals the
 * newest; a missing or NaN metric is never best), those whose step is a multiple of `keepEvery`, and those that a user
 * requested, regardless of the rule: only the user removes them.
 */
export function keptCheckpoints<C extends KeepCandidate>(candidates: readonly C[], rule: CheckpointRule): Set<C> {
  const kept = new Set(newestFirst(candidates).slice(0, rule.keepLast));
  const best = bestCheckpoint(candidates, rule);
  if (best !== undefined) kept.add(best);
  for (const candidate of candidates) {
    if (candidate.requested) kept.add(candidate);
    if (rule.keepEvery !== undefined && candidate.step % rule.keepEvery === 0) kept.add(candidate);
  }
  return kept;
}

/** The best checkpoint by the rule's metric; undefined if there is no metric, or no checkpoint has it. */
export function bestCheckpoint<C extends KeepCandidate>(
  candidates: readonly C[],
  { keepBest: rule }: CheckpointRule,
): C | undefined {
  if (rule === undefined) return undefined;
  const cost = (candidate: C): number => {
    const metric = Object.hasOwn(candidate.metrics, rule.metric) ? candidate.metrics[rule.metric]! : NaN;
    return rule.mode === 'min' ? metric : -metric;
  };
  let best: C | undefined;
  for (const candidate of newestFirst(candidates)) {
    if (Number.isNaN(cost(candidate))) continue;
    if (best === undefined || cost(candidate) < cost(best)) best = candidate;
  }
  return best;
}

function newestFirst<C extends KeepCandidate>(candidates: readonly C[]): C[] {
  return [...candidates].sort((a, b) => b.step - a.step);
}
