// Runs the tests: sets up their requirements, builds, runs each suite with its own output, and ends with one line,
// "N passed, N failed", for the whole.
//   node scripts/test.mjs [suite…] [-- filters of vitest]
// Anything that would make a pass mean less is a failure: a suite without tests, a test file that no suite runs and,
// where CI is set, a skipped test.
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from './lib/build.mjs';
import { checkCheckout } from './lib/checkout.mjs';
import { runShown } from './lib/children.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem } from './lib/problem.mjs';
import { setUpServedVscode } from './lib/servedVscode.mjs';
import { suites } from './lib/suites.mjs';
import { setUpTensorFlow } from './lib/tensorflow.mjs';

const strict = Boolean(process.env.CI);
const say = (line) => process.stdout.write(`${line}\n`);

/** Requirements of suites; each check is quick if the requirement is met. */
const setUps = {
  served: () => setUpServedVscode(),
  async tensorflow() {
    if (await setUpTensorFlow()) return;
    if (strict) throw new Problem('The tests need native TensorFlow here.', { why: 'The reason is above.' });
    process.env.LATENT_STUDIO_NO_TENSORFLOW ??= 'native TensorFlow could not be set up on this machine';
    say('  Tests of native TensorFlow will be skipped.');
  },
  async peers() {
    const code = await runShown(process.execPath, [inRoot('scripts', 'setup-peers.mjs')]);
    if (code === 0) return;
    if (strict) throw new Problem('The tests need the Python peers here.', { why: 'The reason is above.' });
    say('  Tests against TensorBoard, safetensors and NumPy will be skipped.');
  },
};

async function setUp(chosen) {
  say('\n── Setup');
  checkCheckout();
  const packages = await runShown('bash', [inRoot('scripts', 'setup-system.sh')]);
  if (packages !== 0) throw new Problem('The tests cannot run without the packages named above.');
  await build(['--tests']);
  for (const need of new Set(chosen.flatMap((suite) => suite.needs))) await setUps[need]();
}

/** Every file below test/ that looks like a test, by any of the usual names. */
async function testFiles() {
  const entries = await readdir(inRoot('test'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(test|spec)\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Reasons why a pass would mean less than it seems to. */
function doubts(suite, outcome, files, filtered) {
  const found = [];
  if (outcome.passed + outcome.failures.length === 0) found.push(`suite "${suite.name}" ran no test`);
  if (strict) found.push(...outcome.skipped.map((title) => `skipped, which CI does not accept: ${title}`));
  if (!filtered) {
    const ran = new Set(outcome.files);
    const mine = files.filter((file) => file.startsWith(suite.folder + path.sep));
    const left = mine.filter((file) => !ran.has(file));
    found.push(...left.map((file) => `${path.relative(inRoot(), file)} is not run by suite "${suite.name}"`));
  }
  return found;
}

async function run(names, filters) {
  const chosen = names.length === 0 ? suites.filter((suite) => !suite.onDemand) : names.map(findSuite);
  await mkdir(inRoot('test-results'), { recursive: true });
  await setUp(chosen);
  const files = await testFiles();
  let passed = 0;
  const failures = [];
  const skipped = [];
  for (const suite of chosen) {
    say(`\n── Suite "${suite.name}"`);
    const outcome = await suite.run(filters);
    passed += outcome.passed;
    skipped.push(...outcome.skipped);
    const all = [...outcome.failures, ...doubts(suite, outcome, files, filters.length > 0)];
    failures.push(...all.map((title) => `${suite.name}: ${title}`));
  }
  const homeless = files.filter((file) => !suites.some((suite) => file.startsWith(suite.folder + path.sep)));
  failures.push(...homeless.map((file) => `${path.relative(inRoot(), file)} belongs to no suite`));
  say('');
  for (const title of skipped) say(`skipped: ${title}`);
  for (const title of failures) say(`FAILED: ${title}`);
  return { passed, failed: failures.length };
}

function findSuite(name) {
  const suite = suites.find((candidate) => candidate.name === name);
  if (suite) return suite;
  throw new Problem(`There is no suite "${name}".`, {
    next: `There are: ${suites.map((each) => each.name).join(', ')}.`,
  });
}

const parameters = process.argv.slice(2);
const divider = parameters.indexOf('--');
const names = divider < 0 ? parameters : parameters.slice(0, divider);
const filters = divider < 0 ? [] : parameters.slice(divider + 1);
let result;
try {
  result = await run(names, filters);
} catch (error) {
  say(`\nFAILED: ${error instanceof Problem ? error.message : error.stack}`);
  result = { passed: 0, failed: 1 };
}
process.exitCode = result.failed === 0 ? 0 : 1;
say(`${result.passed} passed, ${result.failed} failed`);
