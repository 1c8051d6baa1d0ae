import path from 'node:path';
import * as vscode from 'vscode';
import { registerCommands } from './host/commands';
import { registerEditors } from './host/editors';
import { Discovery } from './host/discovery';
import { createLauncher } from './host/launcher';
import { Notices } from './host/notices';
import { RunRegistry } from './host/registry/registry';
import { FrontRun } from './host/registry/frontRun';
import { RunSelection } from './host/registry/selection';
import type { Studio } from './host/studio';
import { RunsTree } from './host/trees/runsTree';
import { ContextKeys } from './host/ui/context';
import { EngineContext } from './host/ui/engineContext';
import { StatusBar } from './host/ui/statusBar';
import { Throttle } from './host/ui/throttle';
import { registerViews } from './host/views';
import { LogService } from './runs/logService';

/** A live run changes ten times a second; status bar and menus need not follow that closely. */
const RETELL_MILLISECONDS = 200;

/** What other code in the same window may see of us: the runs, to read. */
export interface LatentStudioApi {
  readonly registry: Pick<RunRegistry, 'runs' | 'run' | 'pathOf' | 'onChange' | 'refresh'>;
  /** The items of the *Runs* view. */
  readonly tree: vscode.TreeDataProvider<string>;
  /** Milliseconds that activation took. */
  readonly activation: number;
}

/** Builds the parts in order; each is disposed of with the extension. Nothing here waits: reading begins afterwards. */
export function activate(context: vscode.ExtensionContext): LatentStudioApi {
  const begin = performance.now();
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const dist = path.join(context.extensionPath, 'dist');
  const log = own(vscode.window.createOutputChannel('Latent Studio', { log: true }));
  const logs = own(new LogService(path.join(dist, 'logWorker.cjs')));
  own(logs.onProblem((problem) => log.error(problem)));
  const launcher = createLauncher(dist);
  const discovery = own(new Discovery(log));
  const registry = own(
    new RunRegistry({
      trainers: launcher,
      logs,
      scan: () => discovery.scan(),
      trusted: () => vscode.workspace.isTrusted,
    }),
  );
  const selection = own(new RunSelection(registry, context.workspaceState));
  own(registry.onMove((move) => selection.follow(move)));
  const studio: Studio = {
    extension: context.extensionUri,
    registry,
    selection,
    front: new FrontRun(),
    launcher,
    engine: new EngineContext(launcher),
    log,
    memory: context.globalState,
  };

  own(registerCommands(studio));
  own(registerViews(studio));
  own(registerEditors(studio));
  const tree = own(new RunsTree(studio));
  const statusBar = own(new StatusBar());
  const contextKeys = new ContextKeys();
  const notices = own(new Notices(studio));
  const tell = own(
    new Throttle(RETELL_MILLISECONDS, () => {
      const runs = registry.runs();
      statusBar.update(runs);
      contextKeys.update(runs, studio.front.key);
      notices.update(runs);
    }),
  );
  own(registry.onChange(() => tell.ask()));
  own(studio.front.onChange(() => tell.ask()));
  own(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('latentStudio.tensorflowLibrary')) void studio.engine.refresh();
    }),
  );
  own(vscode.workspace.onDidGrantWorkspaceTrust(() => registry.touch()));

  discovery.start(
    () => void registry.refresh(),
    () => registry.uncertain,
  );
  // In a turn of its own: VS Code counts, and waits for, only what happens before this function returns.
  const first = setImmediate(() => {
    const fail = (error: unknown) => log.error(error instanceof Error ? error : String(error));
    const begun = registry.refresh().then(async () => {
      const sample = process.env['LATENT_STUDIO_SAMPLE_WORKSPACE'];
      if (sample) await (await import('./host/autoStart')).trainOnStart(studio, sample);
    });
    begun.catch(fail);
    begun.then(() => studio.engine.refresh()).catch(fail);
  });
  own({ dispose: () => clearImmediate(first) });
  const activation = performance.now() - begin;
  log.info(`Activated in ${activation.toFixed(1)} ms.`);
  return { registry, tree, activation };
}
