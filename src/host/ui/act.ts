import { plural } from '../../common/plural';
import * as vscode from 'vscode';
import type { RunIntent, RunSummary } from '../../protocol/views';
import { ActionError, type IntentDetails, type Performance } from '../registry/perform';
import type { RunRegistry } from '../registry/registry';
import { askEpochs } from './askEpochs';
import { formatStep } from './format';
import { plain } from './plain';
import { problems, report } from './problems';
import { sentence } from './words';

const NAMES: Record<RunIntent, string> = {
  pause: 'Pause',
  resume: 'Resume',
  stop: 'Stop',
  checkpoint: 'Checkpoint Now',
  sample: 'Sample Now',
  step: 'Step',
  pace: 'Setting the Speed',
  continue: 'Resume',
};

/** How long a success message stays in the status bar. */
const SHOWN_MILLISECONDS = 5_000;

/** Carries out the intent of a button or a command on a run and reports the outcome. Never rejects. */
export async function act(
  registry: RunRegistry,
  key: string,
  intent: RunIntent,
  details: IntentDetails = {},
): Promise<void> {
  const run = registry.run(key);
  const epochs = intent === 'continue' && run?.status === 'finished' ? await askMore(run) : undefined;
  if (epochs === 'cancelled') return;
  const name = run === undefined ? '' : ` of ${run.name}`;
  const what = epochs === undefined ? `${NAMES[intent]}${name}` : `Training${name} for ${plural(epochs, 'more epoch')}`;
  try {
    const outcome = await withProgress(intent, what, () =>
      registry.perform(key, intent, { ...details, extendEpochs: epochs }),
    );
    const done = success(intent, run?.name ?? '', outcome);
    if (done !== undefined) vscode.window.setStatusBarMessage(plain(done, 200), SHOWN_MILLISECONDS);
  } catch (error) {
    if (error instanceof ActionError && error.code === 'untrusted') return report(problems.untrusted(what));
    return report(problems.act(what, sentence(error)));
  }
}

/** Only starting a trainer takes long enough to need progress; other intents are answered between two steps. */
function withProgress<T>(intent: RunIntent, what: string, work: () => Promise<T>): Thenable<T> {
  if (intent !== 'continue') return work();
  const title = `${plain(what, 200)}…`;
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work);
}

function askMore({ name, totalSteps, stepsPerEpoch }: RunSummary): Promise<number | 'cancelled'> {
  const done = stepsPerEpoch > 0 ? Math.round(totalSteps / stepsPerEpoch) : 0;
  const prompt = `It has finished${done > 0 ? ` its ${plural(done, 'epoch')}` : ''}. How many more epochs?`;
  return askEpochs(`Train ${name} longer`, prompt, Math.max(1, done));
}

function success(intent: RunIntent, name: string, { step, checkpoint }: Performance): string | undefined {
  const at = step === undefined ? '' : ` at step ${formatStep(step, 0)}`;
  switch (intent) {
    case 'checkpoint':
      return `${name}: checkpoint written${at}, kept until you delete it`;
    case 'sample':
      return `${name}: sampled${at}`;
    case 'stop':
      return `${name}: stopped${at}${checkpoint === undefined ? '' : ', checkpoint written'}`;
    case 'pause':
      return `${name}: paused${at}`;
    case 'resume':
    case 'step':
    case 'pace':
    case 'continue':
      return undefined;
  }
}
