import * as vscode from 'vscode';
import { errorMessage } from '../common/systemError';
import { DisposableStore, type Disposable } from '../common/disposable';
import type { RunListing, RunScanner } from '../runs/scan';
import { ChangeProbe } from './registry/changeProbe';
import type { RunFound } from './registry/registeredRun';
import { resumesFrom } from './registry/resumesFrom';
import { mayBeAlive } from './registry/summary';
import { settings } from './settings';

/** File events come in bursts: the first second of a run writes a dozen files. */
const SETTLE_MILLISECONDS = 150;
const PROBE_MILLISECONDS = 5_000;

/** Finds the runs of the workspace and notices when there may be new ones. */
export class Discovery implements Disposable {
  private readonly store = new DisposableStore();
  private readonly probe = new ChangeProbe();
  private watchers = new DisposableStore();
  private folders: readonly string[] = [];
  private readonly scanners = new Map<string, RunScanner>();
  private timer: NodeJS.Timeout | undefined;
  private onChange: () => void = () => undefined;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** All runs of all runs folders. A folder that cannot be used is reported in the log. */
  async scan(): Promise<readonly RunFound[]> {
    const folders = await this.resolveFolders();
    if (folders.join('\0') !== this.folders.join('\0')) this.follow(folders);
    return (await Promise.all(folders.map((folder) => this.scanFolder(folder)))).flat();
  }

  /**
   * Calls `onChange` when a scan may find something new, within a few seconds. `uncertain` says whether to call it even
   * if no file has changed, because a process may have ended.
   */
  start(onChange: () => void, uncertain: () => boolean): void {
    this.onChange = onChange;
    this.store.add(vscode.workspace.onDidChangeWorkspaceFolders(onChange));
    this.store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('latentStudio.runsFolder')) onChange();
      }),
    );
    const probing = setInterval(() => void this.look(uncertain), PROBE_MILLISECONDS);
    this.store.add({ dispose: () => clearInterval(probing) });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watchers.dispose();
    this.store.dispose();
  }

  private async resolveFolders(): Promise<string[]> {
    const { resolveRunsFolder } = await import('./registry/runsFolder');
    const resolved: string[] = [];
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== 'file') continue;
      try {
        resolved.push(await resolveRunsFolder(folder.uri.fsPath, settings.runsFolder(folder)));
      } catch (error) {
        this.log.error(errorMessage(error));
      }
    }
    return [...new Set(resolved)];
  }

  private async scanFolder(folder: string): Promise<RunFound[]> {
    try {
      const { RunScanner } = await import('../runs/scan');
      const scanner = this.scanners.get(folder) ?? new RunScanner(folder);
      this.scanners.set(folder, scanner);
      return await Promise.all((await scanner.scan()).map(lookedUp));
    } catch (error) {
      this.log.error(errorMessage(error));
      return [];
    }
  }

  private follow(folders: readonly string[]): void {
    this.folders = folders;
    this.scanners.clear();
    this.watchers.dispose();
    this.watchers = new DisposableStore();
    for (const folder of folders) {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '{*,*/run.json}');
      const watcher = this.watchers.add(vscode.workspace.createFileSystemWatcher(pattern));
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
        this.watchers.add(event(() => this.soon()));
      }
    }
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.onChange();
    }, SETTLE_MILLISECONDS);
  }

  private async look(uncertain: () => boolean): Promise<void> {
    if ((await this.probe.changed(this.folders)) || uncertain()) this.onChange();
  }
}

/** Adds what the record alone does not tell: whether its trainer is alive, and where a resume would continue. */
async function lookedUp(listing: RunListing): Promise<RunFound> {
  if (listing.kind !== 'run') return listing;
  const { path, record } = listing;
  const lock = mayBeAlive(record) ? await (await import('../runs/lock')).inspectLock(path) : undefined;
  return { ...listing, lock, resumesFrom: await resumesFrom(path, record, lock) };
}
