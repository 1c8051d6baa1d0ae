import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { vi } from 'vitest';

const checkout = path.join(import.meta.dirname, '..', '..', '..');

/** `npm start` as a user types it, with a sample workspace of its own; {@link stop} is Ctrl-C. */
export class NpmStart {
  private said = '';
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    const take = (chunk: Buffer) => (this.said += chunk.toString());
    child.stdout!.on('data', take);
    child.stderr!.on('data', take);
    this.ended = new Promise((resolve) => child.once('exit', resolve));
  }

  /** Resolves when it has printed everything that it prints before it waits. */
  static async run(workspace: string): Promise<NpmStart> {
    const child = spawn('npm', ['start', '--', '--served', '--workspace', workspace], {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as a shell makes one: Ctrl-C reaches npm and the script alike.
      detached: true,
      env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' },
    });
    const start = new NpmStart(child);
    try {
      await vi.waitUntil(() => start.said.includes('Ctrl-C ends VS Code') || !start.runs, { timeout: 120_000 });
      if (start.runs) return start;
      throw new Error('It has ended.');
    } catch (error) {
      await start.stop();
      throw new Error(`npm start did not come up. It said: ${start.said}`, { cause: error });
    }
  }

  private get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get output(): string {
    return this.said;
  }

  /** The address that it says to open. */
  get address(): string {
    return /^ {2}(http:\S+)$/m.exec(this.said)![1]!;
  }

  /** The same VS Code with another folder. */
  addressOf(folder: string): string {
    const url = new URL(this.address);
    url.searchParams.set('folder', folder);
    return url.href;
  }

  async stop(): Promise<void> {
    if (this.runs) process.kill(-this.child.pid!, 'SIGINT');
    await this.ended;
  }
}
