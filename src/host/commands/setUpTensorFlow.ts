import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { Studio } from '../studio';
import { plain } from '../ui/plain';
import { problems, report } from '../ui/problems';
import { sentence } from '../ui/words';

/**
 * One line of `latent tensorflow install --json`: progress while it runs, a summary at the end. Errors go to stderr.
 */
const lineSchema = z.object({
  /** The current activity, with its own figures if there are any. */
  message: z.string().optional(),
  stage: z.string().optional(),
  /** "TensorFlow 2.21.0 CPU, fetched by …" */
  summary: z.string().optional(),
});

let running: Promise<void> | undefined;

/** *Set Up TensorFlow*, with progress and cancellation. Downloads are kept, so that the next attempt continues. */
export async function setUpTensorFlow(studio: Studio): Promise<void> {
  if (!vscode.workspace.isTrusted) return report(problems.untrusted('Set Up TensorFlow'));
  running ??= install(studio).finally(() => (running = undefined));
  await running;
}

async function install(studio: Studio): Promise<void> {
  try {
    const summary = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'TensorFlow', cancellable: true },
      (progress, token) => runInstaller(studio, progress, token),
    );
    if (summary === undefined) return;
    await studio.engine.refresh();
    void vscode.window.showInformationMessage(plain(`Ready: ${summary}. Runs that start from now on use it.`));
  } catch (error) {
    studio.log.error(error instanceof Error ? error : String(error));
    report(problems.tensorflow(sentence(error)));
  }
}

/** Resolves to a description of what was set up; undefined if canceled. Rejects with the installer's message. */
async function runInstaller(
  studio: Studio,
  progress: vscode.Progress<{ message?: string }>,
  token: vscode.CancellationToken,
): Promise<string | undefined> {
  const { program, environment } = await studio.launcher.interpreter();
  const cli = path.join(studio.extension.fsPath, 'dist', 'cli.cjs');
  const child = spawn(program, [cli, 'tensorflow', 'install', '--json'], {
    env: { ...process.env, ...environment, ...studio.launcher.environment() },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const cancel = token.onCancellationRequested(() => child.kill('SIGINT'));
  let summary: string | undefined;
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const decoded = decodeLine(line);
    if (decoded === undefined) return;
    summary = decoded.summary ?? summary;
    if (decoded.stage === 'skipped') studio.log.warn(plain(decoded.message ?? '', 2_000));
    if (decoded.message !== undefined) progress.report({ message: plain(decoded.message, 300) });
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (token.isCancellationRequested) return undefined;
    if (code !== 0) throw new Error(said.trim() || `The installer exited with code ${code}.`);
    return summary ?? 'TensorFlow';
  } finally {
    cancel.dispose();
  }
}

function decodeLine(line: string): z.output<typeof lineSchema> | undefined {
  try {
    const decoded = lineSchema.safeParse(JSON.parse(line));
    return decoded.success ? decoded.data : undefined;
  } catch {
    return undefined;
  }
}
