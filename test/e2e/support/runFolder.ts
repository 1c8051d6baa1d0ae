import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { runRecordSchema, type RunRecord } from '../../../src/protocol/run';

const cli = path.join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.cjs');

/** The runs of a workspace as they are on disk: what anybody else would read. */
export class RunFolder {
  constructor(readonly path: string) {}

  static async all(workspace: string): Promise<RunFolder[]> {
    const runs = path.join(workspace, 'runs');
    const names = await readdir(runs).catch(() => []);
    return names.map((name) => new RunFolder(path.join(runs, name)));
  }

  get name(): string {
    return path.basename(this.path);
  }

  async record(): Promise<RunRecord> {
    return runRecordSchema.parse(JSON.parse(await readFile(path.join(this.path, 'run.json'), 'utf8')));
  }

  /** The process that trains it. */
  async trainer(): Promise<number> {
    const lock: unknown = JSON.parse(await readFile(path.join(this.path, 'lock'), 'utf8'));
    return (lock as { pid: number }).pid;
  }

  /** Names of the checkpoints. */
  checkpoints(): Promise<string[]> {
    return readdir(path.join(this.path, 'checkpoints'));
  }

  /** Ends the trainer if there is one; a run that nobody trains is left as it is. */
  async stop(): Promise<void> {
    await promisify(execFile)(process.execPath, [cli, 'stop', this.path]).catch(() => undefined);
  }
}
