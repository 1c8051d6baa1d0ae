// Retakes the pictures of the README and the docs: the end-to-end tests take pictures of everything, and those that
// docs/images has by that name are replaced.
import { copyFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { runShown } from './lib/children.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';

const kept = inRoot('docs', 'images');
const taken = inRoot('test-results', 'e2e');

await runMain(async () => {
  const code = await runShown(process.execPath, [inRoot('scripts', 'test.mjs'), 'e2e']);
  if (code !== 0) throw new Problem('No image was replaced.', { why: 'A test has failed; see above.' });
  for (const name of await readdir(kept)) {
    if (name.endsWith('.png')) await copyFile(path.join(taken, name), path.join(kept, name));
  }
});
