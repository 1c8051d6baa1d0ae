import type { RunRecord } from '../../protocol/run';

interface Mark {
  readonly step: number;
  readonly text: string;
}

/** What happened to a run, to be marked on its curves: edits of hyperparameters, steps of single phases, and alerts. */
export function marksOf({ changes, hyperparameters, partialSteps = [], alerts = [] }: RunRecord): Mark[] {
  const titles = new Map(hyperparameters?.map(({ name, title }) => [name, title]));
  const marks: Mark[] = changes.map(({ step, name, before, value }) => ({
    step,
    text: `${titles.get(name) ?? name} ${before} → ${value}`,
  }));
  // One mark for consecutive steps of the same phase.
  for (let first = 0, next = 0; first < partialSteps.length; first = next) {
    const { step, phase } = partialSteps[first]!;
    while (partialSteps[next]?.step === step + next - first && partialSteps[next]?.phase === phase) next += 1;
    const last = step + next - first - 1;
    marks.push({ step, text: `Only ${phase}${last > step ? `, up to step ${last}` : ''}` });
  }
  for (const { step, cleared, title } of alerts) {
    marks.push({ step, text: title });
    if (cleared !== undefined) marks.push({ step: cleared, text: `${title}: over` });
  }
  return marks.sort((left, right) => left.step - right.step);
}
