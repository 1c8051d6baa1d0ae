import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../../common/disposable';
import { formatSteady } from '../../../common/numberText';
import { CheckpointStore, type CheckpointInfo } from '../../../runs/checkpoints';
import { RunDirectory } from '../../../runs/directory';
import type { Capabilities } from '../../../protocol/capabilities';
import { bestCheckpoint } from '../../../runs/keepRule';
import type { Studio } from '../../studio';
import { formatStep } from '../../ui/format';
import { plain } from '../../ui/plain';
import { Throttle } from '../../ui/throttle';

/** A live run writes a checkpoint every few seconds at most. */
const LOOK_MILLISECONDS = 1_000;
/** Checkpoints are listed for this many of the newest runs only. */
const MOST_RUNS = 300;
/**
 * And per run only this many of the newest ones, plus the best: the whole context of the menus is sent to the window on
 * every change.
 */
const MOST_FILES = 500;
/**
 * Context keys for the `when` clauses of the Explorer's menu, each an object whose keys are paths: checkpoints of
 * Latent Studio, those whose model can sample, and those whose model has a latent space.
 */
const OWN_KEY = 'latentStudio.ownCheckpoints';
const SAMPLED_KEY = 'latentStudio.sampledCheckpoints';
const LATENT_KEY = 'latentStudio.latentCheckpoints';

interface KnownRun {
  readonly store: CheckpointStore;
  /** Modification time of the checkpoints folder when it was read. */
  readonly stamp: string;
  readonly capabilities?: Capabilities;
  readonly files: ReadonlyMap<string, vscode.FileDecoration | undefined>;
}

/**
 * Which files are checkpoints of the window's runs, for menus, and which are the best and the latest of each run, as
 * badges in the Explorer.
 */
export class OwnCheckpointFiles implements vscode.FileDecorationProvider, Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<vscode.Uri[]>());
  private readonly runs = new Map<string, KnownRun>();
  private looking: Promise<void> | undefined;
  private readonly soon = this.store.add(new Throttle(LOOK_MILLISECONDS, () => this.look()));

  readonly onDidChangeFileDecorations = this.changed.event;

  constructor(private readonly studio: Studio) {
    this.store.add(studio.registry.onChange(() => this.soon.ask()));
    this.store.add(vscode.window.registerFileDecorationProvider(this));
    this.soon.ask();
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== 'file' || !uri.path.endsWith('.safetensors')) return undefined;
    const run = path.dirname(path.dirname(uri.fsPath));
    return this.runs.get(run)?.files.get(uri.fsPath);
  }

  dispose(): void {
    this.store.dispose();
  }

  private look(): void {
    this.looking ??= this.readAll()
      .catch((error: unknown) => this.studio.log.error(error instanceof Error ? error : String(error)))
      .finally(() => (this.looking = undefined));
  }

  private async readAll(): Promise<void> {
    const { registry } = this.studio;
    const wanted = registry
      .runs()
      .slice(0, MOST_RUNS)
      .flatMap(({ key }) => registry.pathOf(key) ?? []);
    const before = new Map([...this.runs.values()].flatMap(({ files }) => [...files]));
    for (const run of [...this.runs.keys()]) if (!wanted.includes(run)) this.runs.delete(run);
    for (const run of wanted) {
      await this.readRun(run);
      if (this.store.disposed) return;
    }
    const now = new Map([...this.runs.values()].flatMap(({ files }) => [...files]));
    const others = [...new Set([...before.keys(), ...now.keys()])].filter(
      (file) => !alike(before.get(file), now.get(file)),
    );
    if (others.length > 0) this.changed.fire(others.map((file) => vscode.Uri.file(file)));
    if (before.size !== now.size || [...now.keys()].some((file) => !before.has(file))) {
      await setPaths(OWN_KEY, [...now.keys()]);
      await setPaths(
        SAMPLED_KEY,
        this.filesOf(({ sampling }) => sampling !== null),
      );
      await setPaths(
        LATENT_KEY,
        this.filesOf(({ latent }) => latent !== null),
      );
    }
  }

  /** Checkpoints whose models have a capability. */
  private filesOf(can: (capabilities: Capabilities) => boolean): string[] {
    return [...this.runs.values()]
      .filter(({ capabilities }) => capabilities !== undefined && can(capabilities))
      .flatMap(({ files }) => [...files.keys()]);
  }

  /** Reads a run's checkpoints again if the folder has changed. */
  private async readRun(folder: string): Promise<void> {
    const known = this.runs.get(folder);
    try {
      const { mtimeMs, ino } = await stat(path.join(folder, 'checkpoints'));
      const stamp = `${ino} ${mtimeMs}`;
      if (known?.stamp === stamp) return;
      const run = await RunDirectory.open(folder);
      const record = await run.readRecord();
      const { specification, name, id } = record;
      const store = known?.store ?? new CheckpointStore(run, specification.checkpoints);
      const infos = (await store.list()).filter(({ runId }) => runId === id);
      const best = bestCheckpoint(infos, specification.checkpoints);
      const latest = infos.at(-1);
      const metric = specification.checkpoints.keepBest?.metric;
      const files = infos
        .filter((info, i) => i >= infos.length - MOST_FILES || info === best)
        .map((info) => {
          const location = path.join(run.checkpointsPath, info.file);
          return [location, decoration(info, { best: info === best, latest: info === latest, name, metric })] as const;
        });
      this.runs.set(folder, {
        store,
        stamp,
        capabilities: record.capabilities,
        files: new Map(files),
      });
    } catch {
      // A run without checkpoints, or with an unreadable record.
      this.runs.delete(folder);
    }
  }
}

async function setPaths(key: string, paths: readonly string[]): Promise<void> {
  await vscode.commands.executeCommand('setContext', key, Object.fromEntries(paths.map((file) => [file, true])));
}

function decoration(
  { step, metrics }: CheckpointInfo,
  what: { best: boolean; latest: boolean; name: string; metric: string | undefined },
): vscode.FileDecoration | undefined {
  if (!what.best && !what.latest) return undefined;
  const kinds = [...(what.best ? ['best'] : []), ...(what.latest ? ['latest'] : [])].join(' and ');
  const value = what.best && what.metric !== undefined ? metrics[what.metric] : undefined;
  const measured = value === undefined ? '' : `, ${what.metric} ${formatSteady(value)}`;
  const tooltip = `The ${kinds} checkpoint of ${what.name} (step ${formatStep(step, 0)}${measured})`;
  const badge = `${what.best ? 'B' : ''}${what.latest ? 'L' : ''}`;
  const color = what.best ? new vscode.ThemeColor('charts.green') : undefined;
  return new vscode.FileDecoration(badge, plain(tooltip, 300), color);
}

function alike(a: vscode.FileDecoration | undefined, b: vscode.FileDecoration | undefined): boolean {
  return a?.badge === b?.badge && a?.tooltip === b?.tooltip;
}
