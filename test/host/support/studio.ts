import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { LatentStudioApi } from '../../../src/extension';
import type { RunSummary } from '../../../src/protocol/views';

const EXTENSION = 'latent-studio.latent-studio';

/** The extension in this very window, activated. */
export async function studio(): Promise<LatentStudioApi> {
  const extension = vscode.extensions.getExtension<LatentStudioApi>(EXTENSION);
  assert.ok(extension, `${EXTENSION} is not installed in this window`);
  return extension.activate();
}

export function extensionFolder(): string {
  return vscode.extensions.getExtension(EXTENSION)!.extensionPath;
}

export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the tests need a window with a folder');
  return folder.uri.fsPath;
}

export function runsFolder(): string {
  return path.join(workspaceFolder(), 'runs');
}

export function command(name: string, ...parameters: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`latentStudio.${name}`, ...parameters);
}

/** The value once it is there; fails with `what` after the patience, which covers a busy machine. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 30,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    assert.ok(Date.now() < deadline, `not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The run as the registry sees it, once it has the status and its trainer has come or gone accordingly. */
export async function runWith(name: string, status: RunSummary['status'], seconds = 30): Promise<RunSummary> {
  const { registry } = await studio();
  const find = () => registry.runs().find((run) => run.name === name);
  return until(
    `${name} is ${status}`,
    () => {
      const run = find();
      return run?.status === status && run.intents.length > 0 && run;
    },
    seconds,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; now it is ${JSON.stringify(find())}`, { cause: error });
  });
}

/**
 * Writes a specification of a model so small that it takes milliseconds a step on WebAssembly, and so many epochs that
 * it does not end by itself.
 */
export async function writeSpecification(name: string, change: object = {}): Promise<vscode.Uri> {
  const specification = {
    name,
    model: { family: 'vae', network: { kind: 'mlp', hidden: [16] }, latent: 2 },
    data: { limit: 256 },
    training: { epochs: 100_000, batch: 32 },
    logging: { scalars: 5, images: 200, evaluate: 200, histograms: 1000 },
    checkpoints: { every: 1000, keepLast: 2 },
    engine: { backend: 'wasm' },
    ...change,
  };
  const file = path.join(workspaceFolder(), `${name}.latent.json`);
  await writeFile(file, JSON.stringify(specification, null, 2));
  return vscode.Uri.file(file);
}

/** Starts a small training by the command that a user would press, and waits until it runs. */
export async function train(name: string): Promise<RunSummary> {
  await command('trainSpecification', await writeSpecification(name));
  const run = `${name}-001`;
  return runWith(run, 'running', 60);
}

export async function checkpoints(run: string): Promise<string[]> {
  const files = await readdir(path.join(runsFolder(), run, 'checkpoints'));
  return files.filter((file) => file.endsWith('.safetensors')).sort();
}

export async function readJson(file: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
}

/** Writes a folder among the runs as a cloned repository might bring it. */
export async function plantRun(name: string, record: unknown): Promise<string> {
  const folder = path.join(runsFolder(), name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'run.json'), typeof record === 'string' ? record : JSON.stringify(record));
  return folder;
}

/** Stops whatever still trains, so that no test leaves a process behind. */
export async function stopAll(): Promise<void> {
  const { registry } = await studio();
  for (const run of registry.runs()) {
    if (!run.intents.includes('stop')) continue;
    await command('stop', run.key);
    await runWith(run.name, 'stopped');
  }
}
