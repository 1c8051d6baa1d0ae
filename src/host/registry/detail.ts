import { editToTakeBack, isRepeated } from '../../protocol/lastEdit';
import type { RunRecord } from '../../protocol/run';
import type { RunDetail, RunSummary } from '../../protocol/views';

interface DetailFacts {
  readonly trusted: boolean;
  /** Step from which a resume would continue, where that is known. */
  readonly resumesFrom?: number;
}

/** What the record says of a run beyond its summary. */
export function detailOf(record: RunRecord, summary: RunSummary, { trusted, resumesFrom }: DetailFacts): RunDetail {
  const { specification, createdAt, parameters, gitCommit, versions, changes, parent } = record;
  return {
    specification,
    createdAt,
    parameters,
    gitCommit,
    parent: parent === undefined ? undefined : { name: parent.name ?? parent.run.slice(0, 8), step: parent.step },
    versions,
    hyperparameters: (record.hyperparameters ?? []).map((declared) => {
      // A resume repeats changes at their steps: what was set for a later step does not hold yet.
      const latest = changes.findLast(({ name, step }) => name === declared.name && step <= summary.step + 1);
      return { ...declared, current: latest?.value ?? declared.value, since: latest?.step };
    }),
    fixed: whyFixed(summary, trusted),
    ...(summary.revisable ? { onResume: true } : {}),
    ...(summary.revisable === 'edited' ? { lastEdit: offeredEdit(record, summary, resumesFrom) } : {}),
  };
}

function offeredEdit(record: RunRecord, { status }: RunSummary, resumesFrom?: number): RunDetail['lastEdit'] {
  const edit = editToTakeBack({ ...record, status, resumesFrom });
  if (edit === undefined) return undefined;
  const title = record.hyperparameters?.find(({ name }) => name === edit.name)?.title ?? edit.name;
  const text = `${title} ${edit.before} → ${edit.value} at step ${edit.step}`;
  return { name: edit.name, text, ...(isRepeated(edit, resumesFrom) ? { repeatedFrom: resumesFrom } : {}) };
}

function whyFixed({ status, intents, revisable, obstacle }: RunSummary, trusted: boolean): string | undefined {
  if (!trusted) return 'In Restricted Mode runs can be looked at, but not steered.';
  if (obstacle !== undefined) return 'This window cannot steer the trainer.';
  if (status === 'starting' || status === 'created') return 'They can be changed once the first step is taken.';
  if (intents.includes('pause') || intents.includes('resume')) return undefined;
  if (status === 'stopping') return 'The run is being stopped.';
  if (status === 'finished') return 'The run has finished. Train it longer to change them.';
  if (revisable !== undefined) return undefined;
  return 'The run does not train now.';
}
