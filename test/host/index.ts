import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';

/** Every suite, by the kind of window that it needs; test/unit/host/suites.test.ts fails when a file is missing here. */
const suites = {
  trusted: [
    () => import('./activation.test'),
    () => import('./training.test'),
    () => import('./survival.test'),
    () => import('./hostile.test'),
    () => import('./specification.test'),
    () => import('./trainerLog.test'),
    () => import('./setUpTensorFlow.test'),
    () => import('./autoStart.test'),
    () => import('./checkpoints.test'),
    () => import('./latentExplorer.test'),
    () => import('./savedImages.test'),
    () => import('./imageFolder.test'),
  ],
  restricted: [() => import('./restricted.test')],
};

/** Called by VS Code inside the extension host. Rejects unless there were tests and all of them passed. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', timeout: 60_000, slow: 5_000 });
  mocha.suite.emit('pre-require', globalThis, 'test/host', mocha);
  for (const load of vscode.workspace.isTrusted ? suites.trusted : suites.restricted) await load();
  const results: Record<'tests' | 'passes' | 'failures' | 'pending', Result[]> = {
    tests: [],
    passes: [],
    failures: [],
    pending: [],
  };
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const take = (list: Result[], test: Mocha.Runnable, error?: Error) =>
      list.push({ fullTitle: test.fullTitle(), duration: test.duration, err: error && describe(error) });
    runner.on('test end', (test) => take(results.tests, test, test.err));
    runner.on('pass', (test) => take(results.passes, test));
    runner.on('fail', (test, error: Error) => take(results.failures, test, error));
    runner.on('pending', (test) => take(results.pending, test));
  });
  const file = process.env['LATENT_STUDIO_HOST_RESULTS'];
  if (file !== undefined) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify({ stats: { tests: results.tests.length, failures }, ...results }, null, 2));
  }
  if (results.tests.length === 0) throw new Error('The in-host suite found no test.');
  if (failures > 0) throw new Error(`${failures} of ${results.tests.length} in-host tests failed.`);
}

interface Result {
  readonly fullTitle: string;
  readonly duration?: number;
  readonly err?: { readonly message: string; readonly stack?: string };
}

function describe({ message, stack }: Error): NonNullable<Result['err']> {
  return { message, stack };
}
