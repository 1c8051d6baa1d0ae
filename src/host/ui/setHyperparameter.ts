import * as vscode from 'vscode';
import { errorMessage } from '../../common/systemError';
import { ActionError } from '../registry/perform';
import type { RunRegistry } from '../registry/registry';
import { formatStep } from './format';
import { plain } from './plain';
import { problems, report } from './problems';

/** How long a success message stays in the status bar. */
const SHOWN_MILLISECONDS = 5_000;

/** Changes a hyperparameter of a live run and reports the outcome; returns whether it was changed. Never rejects. */
export async function setHyperparameter(
  registry: RunRegistry,
  key: string,
  name: string,
  value: number,
): Promise<boolean> {
  const run = registry.run(key)?.name ?? 'the run';
  const title = registry.detail(key)?.hyperparameters.find((each) => each.name === name)?.title ?? name;
  try {
    const { step, before, after } = await registry.set(key, name, value);
    const done = `${run}: ${title} ${before} → ${after} from step ${formatStep(step + 1, 0)} on`;
    vscode.window.setStatusBarMessage(plain(done, 200), SHOWN_MILLISECONDS);
    return true;
  } catch (error) {
    const what = `Changing ${title} of ${run}`;
    const untrusted = error instanceof ActionError && error.code === 'untrusted';
    const why = errorMessage(error);
    report(untrusted ? problems.untrusted(what) : problems.act(what, why));
    return false;
  }
}
