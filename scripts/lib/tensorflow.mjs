// Native TensorFlow for scripts: set up through our own command line, so that there is one way to do it.
import { runShown } from './children.mjs';
import { inRoot } from './paths.mjs';

/**
 * Sets native TensorFlow up unless it is there, with progress on the terminal; `dist/cli.cjs` must be built.
 * @returns {Promise<boolean>} false when that failed; the reasons have been printed
 */
export async function setUpTensorFlow() {
  return (await runShown(process.execPath, [inRoot('dist', 'cli.cjs'), 'tensorflow', 'install'])) === 0;
}
