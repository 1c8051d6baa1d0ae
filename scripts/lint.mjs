// Everything that can be checked without running the programs; all of it is run, so that one look shows all.
import { runShown } from './lib/children.mjs';
import { checkCheckout } from './lib/checkout.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';

const tool = (name, file) => inRoot('node_modules', name, file);
const checks = {
  'types (tsc)': [tool('typescript', 'bin/tsc'), '-p', '.'],
  'types of scripts (tsc)': [tool('typescript', 'bin/tsc'), '-p', 'tsconfig.scripts.json'],
  'rules and imports (eslint)': [tool('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0'],
  'format (prettier)': [tool('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  'unused code (knip)': [tool('knip', 'bin/knip.js')],
  'schema of specifications': [inRoot('scripts', 'generate-schema.mjs'), '--check'],
  build: [inRoot('scripts', 'build.mjs')],
  bundles: [inRoot('scripts', 'check-bundles.mjs')],
};

await runMain(async () => {
  checkCheckout();
  const failed = [];
  for (const [name, [script, ...parameters]] of Object.entries(checks)) {
    process.stdout.write(`── ${name}\n`);
    if ((await runShown(process.execPath, [script, ...parameters], { cwd: inRoot() })) !== 0) failed.push(name);
  }
  if (failed.length > 0) throw new Problem(`Lint found something in: ${failed.join(', ')}.`);
  process.stdout.write('Lint: nothing found.\n');
});
