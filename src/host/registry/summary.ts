import type { LiveState } from '../../protocol/control';
import { editToTakeBack } from '../../protocol/lastEdit';
import type { RunRecord, RunStatus } from '../../protocol/run';
import { isLive, raisedAlerts } from '../../protocol/status';
import type { Inspection, RunIntent, RunSummary } from '../../protocol/views';
import type { LockState } from '../../runs/lock';

/** Everything known about a run; {@link summarize} draws the conclusions. */
export interface RunFacts {
  readonly key: string;
  readonly name: string;
  readonly color: number;
  readonly record?: RunRecord;
  /** Why there is no usable record, for users; absent for a log of another program. */
  readonly problem?: string;
  /** Looked up only if the trainer may be alive. */
  readonly lock?: LockState;
  /** The step from which a resume would continue; looked up only if there may be a later edit. */
  readonly resumesFrom?: number;
  /** What the trainer itself reports, while we are attached to it. */
  readonly live?: LiveState;
  readonly trainer?: { readonly pid: number };
  /** Why we could not attach, for users. */
  readonly attachProblem?: string;
  readonly headline?: RunSummary['headline'];
  /** Which parts of its event files could not be read, for users; known once they have been read. */
  readonly logProblems?: readonly string[];
  /** Whether the workspace is trusted, so that this window may act. */
  readonly trusted: boolean;
}

const LIVE_INTENTS: Partial<Record<RunStatus, readonly RunIntent[]>> = {
  running: ['pause', 'stop', 'checkpoint', 'sample', 'pace'],
  paused: ['resume', 'step', 'stop', 'checkpoint', 'sample', 'pace'],
};
const RESTING: readonly RunSummary['status'][] = ['created', 'stopped', 'finished', 'failed', 'interrupted'];

/**
 * The state of a run. A record is only a claim: "running" requires a trainer that we are attached to, or one that holds
 * the lock.
 */
export function summarize(facts: RunFacts): RunSummary {
  const { record, live, logProblems = [] } = facts;
  const { status, evidence } = standing(facts);
  const base = { key: facts.key, name: facts.name, color: facts.color, status, evidence };
  if (record === undefined) {
    return {
      ...base,
      step: 0,
      totalSteps: 0,
      stepsPerEpoch: 0,
      epoch: 0,
      stepsPerSecond: null,
      secondsLeft: null,
      failure: facts.problem === undefined ? undefined : unreadable(facts.problem),
      notes: [...logProblems],
      intents: [],
      inspections: [],
    };
  }
  const progress = live ?? record;
  const alerts = raisedAlerts(progress.alerts ?? record.alerts);
  return {
    ...base,
    step: progress.step,
    totalSteps: progress.totalSteps,
    stepsPerEpoch: progress.stepsPerEpoch,
    epoch: progress.epoch,
    stepsPerSecond: live?.stepsPerSecond ?? null,
    secondsLeft: live?.secondsLeft ?? null,
    activity: live?.activity,
    pace: live?.pace,
    backend: live?.backend ?? record.backend,
    failure: live?.failure ?? (status === 'failed' ? record.failure : undefined),
    ...(alerts.length > 0 && { alerts }),
    presentation: record.presentation,
    capabilities: record.capabilities,
    headline: facts.headline,
    notes: [...record.notes, ...logProblems],
    obstacle: obstacle(facts),
    inspections: facts.trusted ? inspections(facts, status) : [],
    intents: facts.trusted ? intents(facts, status) : [],
    revisable: facts.trusted ? revisable(facts, status) : undefined,
  };
}

/** Its curves are shown nevertheless, since they are read from the event files. */
function unreadable(problem: string): RunSummary['failure'] {
  const remedy =
    'Its curves are shown as far as they can be read. Repair run.json or restore it from a copy; if a newer ' +
    'version of Latent Studio wrote it, update this one.';
  return { kind: 'internal', message: problem, remedy };
}

/** A live trainer that this window cannot talk to: the run can only be viewed from disk. */
function obstacle({ live, attachProblem, lock, record }: RunFacts): RunSummary['obstacle'] {
  const held = lock?.state === 'held' || lock?.state === 'unknown';
  if (live !== undefined || attachProblem === undefined || !held || record === undefined) return undefined;
  if (!mayBeAlive(record)) return undefined;
  return {
    message: `A trainer has this run, but this window cannot control it: ${attachProblem}`,
    remedy:
      'Curves and images are read from disk meanwhile. When the trainer has ended, the run can be resumed from here.',
  };
}

/** A finished run is trained longer instead, and a run that has not started has nothing to revise. */
function revisable(facts: RunFacts, status: RunSummary['status']): RunSummary['revisable'] {
  const { record, resumesFrom } = facts;
  if (status === 'finished' || status === 'created' || !intents(facts, status).includes('continue')) return undefined;
  if (record?.hyperparameters === undefined || record.hyperparameters.length === 0) return undefined;
  return editToTakeBack({ ...record, status, resumesFrom }) === undefined ? 'plain' : 'edited';
}

/** From the newest checkpoint, which exists after the first epoch or stop. */
function inspections(facts: RunFacts, status: RunSummary['status']): Inspection[] {
  if (facts.record === undefined || facts.record.step < 1 || !intents(facts, status).includes('continue')) return [];
  return samples(facts.record) ? ['sample', 'evaluate', 'quality'] : ['evaluate'];
}

/**
 * A newer version's record may have families that are unknown here, so nothing is ruled out; its trainer rejects what
 * it cannot do.
 */
function samples(record: RunRecord): boolean {
  return record.capabilities?.sampling !== null;
}

/** Why a run is not training, according to its `run.json`. For a status that claims a trainer, see `standing`. */
const AT_REST: Readonly<Partial<Record<RunRecord['status'], string>>> = {
  created: 'It was created but has not been trained yet.',
  finished: 'It has completed all its epochs.',
  stopped: 'It was stopped, and can be resumed from its last checkpoint.',
  failed: 'Training ended with an error; see the trainer log.',
};

function standing(facts: RunFacts): Pick<RunSummary, 'status' | 'evidence'> {
  const { record, live, lock } = facts;
  if (record === undefined)
    return { status: 'foreign', evidence: facts.problem ?? 'It has event files and no run.json.' };
  if (live !== undefined) {
    return { status: live.status, evidence: `Attached to process ${facts.trainer?.pid ?? 'of unknown number'}.` };
  }
  const held = lock?.state === 'held' || lock?.state === 'unknown';
  if (held && mayBeAlive(record)) {
    const attaching = facts.attachProblem === undefined ? '' : ` Not attached: ${facts.attachProblem}`;
    return { status: record.status, evidence: `${lock.evidence}${attaching}` };
  }
  if (!isLive(record.status)) {
    return { status: record.status, evidence: AT_REST[record.status] ?? '' };
  }
  return {
    status: 'interrupted',
    evidence: `Its run.json says “${record.status}”, but no trainer is alive. ${lock?.evidence ?? ''}`.trim(),
  };
}

/** Whether the record leaves room for a trainer: one that has just taken a new run may not have recorded it yet. */
export function mayBeAlive(record: RunRecord): boolean {
  return record.status === 'created' || isLive(record.status);
}

function intents(facts: RunFacts, status: RunSummary['status']): RunIntent[] {
  if (facts.live !== undefined) {
    const possible = LIVE_INTENTS[facts.live.status] ?? [];
    return possible.filter((intent) => intent !== 'sample' || facts.record === undefined || samples(facts.record));
  }
  const held = facts.lock?.state === 'held' || facts.lock?.state === 'unknown';
  return !held && RESTING.includes(status) ? ['continue'] : [];
}
