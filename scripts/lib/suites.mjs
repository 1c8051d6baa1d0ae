// The suites of tests, one row each, and how each is run. A run says which test files it was made of, so that a file
// that no suite runs is noticed.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { runShown } from './children.mjs';
import { inRoot } from './paths.mjs';

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {string[]} failures what failed: titles of tests, or of files that could not be run
 * @property {string[]} skipped titles of tests, with the reason where one was given
 * @property {string[]} files absolute paths of the test files that took part
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {string} folder where its test files lie
 * @property {boolean} [onDemand] not part of `npm test`
 * @property {readonly ('served' | 'tensorflow' | 'peers')[]} needs requirements to set up first
 * @property {(filters: readonly string[]) => Promise<Outcome>} run
 */

const reports = inRoot('test-results');

/** Runs one vitest project and reads its report. */
function vitest(project) {
  return async (filters) => {
    const report = path.join(reports, `${project}.json`);
    const outside = path.join(reports, `${project}.outside.json`);
    for (const file of [report, outside]) await rm(file, { force: true });
    const code = await runShown(
      process.execPath,
      [
        inRoot('node_modules', 'vitest', 'vitest.mjs'),
        ...['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
        `--reporter=${inRoot('scripts', 'lib', 'outsideErrors.mjs')}`,
        ...filters,
      ],
      { env: { ...process.env, LATENT_STUDIO_OUTSIDE_ERRORS: outside } },
    );
    return fromVitest(await readReport(report), (await readReport(outside)) ?? [], code);
  };
}

/** Runs the in-host suite in the served VS Code and reads the report that it writes. */
async function inHost() {
  const report = path.join(reports, 'host.json');
  await rm(report, { force: true });
  const code = await runShown(process.execPath, [inRoot('scripts', 'test-host.mjs')], {
    env: { ...process.env, LATENT_STUDIO_HOST_RESULTS: report },
  });
  const result = await readReport(report);
  const meta = await readReport(inRoot('dist', 'meta', 'test-host.cjs.json'));
  const files = Object.keys(meta?.inputs ?? {}).map((file) => inRoot(file));
  const titles = (list) => (list ?? []).map(({ fullTitle }) => fullTitle);
  const failures = titles(result?.failures);
  if (code !== 0 && failures.length === 0) failures.push(`the in-host suite ended with exit code ${code}`);
  return { passed: result?.passes?.length ?? 0, failures, skipped: titles(result?.pending), files };
}

async function readReport(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @returns {Outcome} */
function fromVitest(report, outside, code) {
  /** @type {Outcome} */
  const outcome = { passed: 0, failures: [...outside], skipped: [], files: [] };
  for (const { name, status, message, assertionResults } of report?.testResults ?? []) {
    outcome.files.push(name);
    for (const { fullName, status: state, meta } of assertionResults) {
      if (state === 'passed') outcome.passed += 1;
      else if (state === 'failed') outcome.failures.push(fullName);
      else outcome.skipped.push(meta?.reason ? `${fullName} (${meta.reason})` : fullName);
    }
    const none = !assertionResults.some((test) => test.status === 'failed');
    if (status === 'failed' && none) outcome.failures.push(`${name}: ${message || 'could not be run'}`);
  }
  if (code !== 0 && outcome.failures.length === 0) outcome.failures.push(`vitest ended with exit code ${code}`);
  return outcome;
}

/** @type {readonly Suite[]} */
export const suites = [
  { name: 'unit', folder: inRoot('test', 'unit'), needs: ['tensorflow', 'peers'], run: vitest('unit') },
  { name: 'webview', folder: inRoot('test', 'webview'), needs: [], run: vitest('webview') },
  { name: 'host', folder: inRoot('test', 'host'), needs: ['served', 'tensorflow'], run: inHost },
  { name: 'e2e', folder: inRoot('test', 'e2e'), needs: ['served', 'tensorflow'], run: vitest('e2e') },
  { name: 'trained', folder: inRoot('test', 'trained'), onDemand: true, needs: ['tensorflow'], run: vitest('trained') },
];
