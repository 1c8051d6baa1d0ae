import { editToTakeBack, isRepeated } from '../../protocol/lastEdit';
import type { RunRecord } from '../../protocol/run';
import type { RunDetail, RunSummary } from '../../protocol/views';

interface DetailFacts {
  readonly trusted: boolean;
  /** The step from which a resume would continue, if known. */
  readonly resumesFrom?: number;
}

/** The contents of the record beyond the summary. */
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
      // A resume replays edits at their steps, so one at a later step does not apply yet.
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
  if (!trusted) return 'In Restricted Mode runs can be viewed, but not controlled.';
  if (obstacle !== undefined) return 'This window cannot control the trainer.';
  if (status === 'starting' || status === 'created') return 'They can be changed after the first step.';
  if (intents.includes('pause') || intents.includes('resume')) return undefined;
  if (status === 'stopping') return 'The run is being stopped.';
  if (status === 'finished') return 'The run has finished. Train it longer to change them.';
  if (revisable !== undefined) return undefined;
  return 'The run is not training.';
}
