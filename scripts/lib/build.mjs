import { runShown } from './children.mjs';
import { inRoot } from './paths.mjs';
import { Problem } from './problem.mjs';
import { step } from './steps.mjs';

/**
 * Builds the programs into `dist`.
 * @param {readonly string[]} [parameters] of scripts/build.mjs
 */
export async function build(parameters = []) {
  await step('Building', async () => {
    const code = await runShown(process.execPath, [inRoot('scripts', 'build.mjs'), ...parameters]);
    if (code !== 0) throw new Problem('The build failed.', { why: 'See the messages above.' });
  });
}
