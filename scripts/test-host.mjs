// Runs the in-host suites (test/host, built into dist/test/host.cjs) inside a real VS Code, once in a window that is trusted
// and once in one that is not: the served one, or with
// --desktop the desktop's, which @vscode/test-electron downloads. The suite writes its results, as Mocha's JSON
// reporter does, to the file that LATENT_STUDIO_HOST_RESULTS names.
//   node scripts/test-host.mjs [--desktop]
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { format, parseArgs } from 'node:util';
import { launchChromium } from './lib/chromium.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { startServed } from './lib/served.mjs';

/** Timeout of the whole suite. */
const MINUTES = 8;
const tests = inRoot('dist', 'test', 'host.cjs');
/** The window's output, and a screenshot if the suite did not end. */
const traces = inRoot('test-results', 'host');

/** @returns {Promise<number>} the exit code that VS Code gives the run: 0 when `run()` of the suite resolved */
async function inServed({ workspace, data, trust }, environment) {
  const served = await startServed({ workspace, data, trust, driver: true, extraSettings: asksNothing, environment });
  const browser = await launchChromium();
  const log = createWriteStream(path.join(traces, 'window.log'), { flags: 'a' });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const ended = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Problem(`The in-host suite did not end within ${MINUTES} minutes.`)),
        MINUTES * 60_000,
      );
      page.on('crash', () => reject(new Problem('The page crashed.')));
      // VS Code calls these two if a window was opened with tests: the output of window and suite, and the outcome.
      void page.exposeFunction('codeAutomationLog', (type, values) => {
        log.write(`[${type}] ${Array.isArray(values) ? format(...values) : values}\n`);
      });
      void page.exposeFunction('codeAutomationExit', (code) => {
        clearTimeout(timer);
        resolve(code);
      });
    });
    const remote = (file) => `vscode-remote://127.0.0.1:${served.port}${file}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote(root)],
      ['extensionTestsPath', remote(tests)],
    ]);
    await page.goto(served.address({ folder: workspace, payload }));
    try {
      return await ended;
    } catch (error) {
      await page.screenshot({ path: path.join(traces, 'at-failure.png') }).catch(() => undefined);
      throw error;
    }
  } finally {
    await browser.close();
    await served.stop();
    log.end();
  }
}

/** The same in the desktop's VS Code, if its download is available. */
async function inDesktop({ workspace, data, trust }, environment) {
  const { runTests } = await import('@vscode/test-electron');
  await mkdir(path.join(data, 'User'), { recursive: true });
  await writeFile(path.join(data, 'User', 'settings.json'), JSON.stringify(asksNothing));
  const trusted = trust ? ['--disable-workspace-trust'] : [];
  return runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: tests,
    extensionTestsEnv: environment,
    launchArgs: [workspace, ...trusted, '--disable-extensions', `--user-data-dir=${data}`],
  });
}

/** A window that is not trusted stays untrusted without a question, which would block the suite. */
const asksNothing = { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' };

/** The windows that the suites need, one after the other. */
const windows = [
  { name: 'trusted', trust: true },
  { name: 'restricted', trust: false },
];

/** Combines the results of several windows. */
async function merged(reports) {
  const all = { tests: [], passes: [], failures: [], pending: [] };
  for (const report of reports) {
    const found = JSON.parse(await readFile(report, 'utf8'));
    for (const list of Object.keys(all)) all[list].push(...found[list]);
  }
  return { stats: { tests: all.tests.length, failures: all.failures.length }, ...all };
}

/** Prints the suite's report; true if it contains a test and no failure. */
async function show(report) {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) {
    process.stdout.write(`The in-host suite wrote no results. Output of its window: ${traces}/window.log\n`);
    return false;
  }
  const { tests: all, failures, pending } = JSON.parse(text);
  const titles = (list) => new Set(list.map(({ fullTitle }) => fullTitle));
  const [failed, skipped] = [titles(failures), titles(pending)];
  for (const { fullTitle, duration, err } of all) {
    const mark = failed.has(fullTitle) ? '✗' : skipped.has(fullTitle) ? '-' : '✓';
    process.stdout.write(` ${mark} ${fullTitle}${duration === undefined ? '' : ` (${duration} ms)`}\n`);
    if (err?.stack ?? err?.message)
      process.stdout.write(`     ${(err.stack ?? err.message).replaceAll('\n', '\n     ')}\n`);
  }
  process.stdout.write(` ${all.length} tests, ${failures.length} failed, ${pending.length} skipped\n`);
  return all.length > 0 && failures.length === 0;
}

await runMain(async () => {
  const { values } = parseArgs({ options: { desktop: { type: 'boolean' } } });
  if (!existsSync(tests))
    throw new Problem('The in-host tests are not built.', { next: 'Run: npm run build -- --tests' });
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'latent-host-'));
  try {
    const report = process.env.LATENT_STUDIO_HOST_RESULTS ?? inRoot('test-results', 'host.json');
    await rm(report, { force: true });
    await rm(traces, { recursive: true, force: true });
    await mkdir(traces, { recursive: true });
    const reports = [];
    let code = 0;
    for (const { name, trust } of windows) {
      const [workspace, data, results] = ['workspace', 'data', 'results.json'].map((file) =>
        path.join(scratch, name, file),
      );
      await mkdir(workspace, { recursive: true });
      const environment = { LATENT_STUDIO_HOST_RESULTS: results };
      const ended = await (values.desktop ? inDesktop : inServed)({ workspace, data, trust }, environment);
      code ||= ended;
      if (existsSync(results)) reports.push(results);
      else process.stdout.write(`The ${name} window wrote no results. Its output: ${traces}/window.log\n`);
    }
    await writeFile(report, JSON.stringify(await merged(reports), null, 2));
    return (await show(report)) && reports.length === windows.length ? code : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
