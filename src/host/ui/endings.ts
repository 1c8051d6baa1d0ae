import { formatSteady } from '../../common/numberText';
import { isLive } from '../../protocol/status';
import type { RunIntent, RunSummary } from '../../protocol/views';
import { formatStep } from './format';

/** How a run ended that this window saw training. */
export interface Ending {
  readonly key: string;
  readonly status: 'finished' | 'stopped' | 'failed' | 'interrupted';
}

/** Actions offered for an ended run. */
export type EndingAction =
  'openRun' | 'resume' | 'resumeWithoutLastEdit' | 'trainLonger' | 'showTrainerLog' | 'showRuns';

export interface EndingMessage {
  readonly severity: 'information' | 'warning';
  readonly text: string;
  /** The run that the actions apply to; absent if the message is about several runs. */
  readonly key?: string;
  readonly actions: readonly EndingAction[];
}

const ENDED: readonly RunSummary['status'][] = ['finished', 'stopped', 'failed', 'interrupted'];

export const wentWrong = ({ status }: Pick<RunSummary, 'status'>): boolean =>
  status === 'failed' || status === 'interrupted';

/** A run that ends immediately may never be seen live: its summary then follows directly on "created". */
export const mayTrain = (status: RunSummary['status']): boolean => status === 'created' || isLive(status);

/** Detects which runs have ended, by comparing each summary with the one before. */
export class EndingWatch {
  private readonly known = new Map<string, RunSummary['status']>();

  /** @param asked the last intent that this window carried out on a run: a stop requested here is not reported */
  constructor(private readonly asked: (key: string) => RunIntent | undefined) {}

  update(runs: readonly RunSummary[]): Ending[] {
    const endings: Ending[] = [];
    for (const { key, status } of runs) {
      const before = this.known.get(key);
      this.known.set(key, status);
      if (before === undefined || !mayTrain(before) || !ENDED.includes(status)) continue;
      if (status === 'stopped' && this.asked(key) === 'stop') continue;
      endings.push({ key, status: status as Ending['status'] });
    }
    return endings;
  }
}

/** The message about runs that ended within a short time; undefined for none. */
export function endingMessage(runs: readonly RunSummary[]): EndingMessage | undefined {
  const [only, ...others] = runs;
  if (only === undefined) return undefined;
  const severity = runs.some(wentWrong) ? 'warning' : 'information';
  if (others.length === 0) {
    const resumable = only.intents.includes('continue');
    const again = goingOn(only);
    const log = only.status === 'failed' ? (['showTrainerLog'] as const) : [];
    return { severity, text: one(only), key: only.key, actions: ['openRun', ...(resumable ? [again] : []), ...log] };
  }
  return { severity, text: several(runs), actions: ['showRuns'] };
}

function one({ name, status, step, totalSteps, headline, failure }: RunSummary): string {
  const at = `at step ${formatStep(step, totalSteps)}`;
  switch (status) {
    case 'finished': {
      const best = headline?.best == null ? '' : `, best ${headline.label} ${formatSteady(headline.best)}`;
      return `${name} has finished: step ${formatStep(step, 0)}${best}.`;
    }
    case 'failed': {
      const why = [failure?.message, failure?.remedy].filter((part) => part !== undefined).join(' ');
      return `${name} failed ${at}. ${why}`.trim();
    }
    case 'interrupted':
      return `${name} was interrupted ${at}: its trainer was killed or crashed. Resume continues from the last checkpoint.`;
    default:
      return `${name} was stopped ${at}, not from this window.`;
  }
}

const WORDS = { finished: 'finished', stopped: 'stopped', failed: 'failed', interrupted: 'interrupted' } as const;

/** "4 runs ended: 2 finished, 1 failed (vae-mnist-003), 1 interrupted (vae-mnist-004)." */
function several(runs: readonly RunSummary[]): string {
  const parts = Object.entries(WORDS).flatMap(([status, word]) => {
    const names = runs.filter((run) => run.status === status).map(({ name }) => name);
    if (names.length === 0) return [];
    const named = status === 'finished' ? '' : ` (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`;
    return [`${names.length} ${word}${named}`];
  });
  return `${runs.length} runs ended: ${parts.join(', ')}.`;
}

/** A plain resume would repeat the edit that has just broken the run. */
function goingOn({ status, failure, revisable }: RunSummary): EndingAction {
  if (status === 'finished') return 'trainLonger';
  return failure?.kind === 'not-a-number' && revisable === 'edited' ? 'resumeWithoutLastEdit' : 'resume';
}
