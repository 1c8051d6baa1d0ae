import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/disposable';
import type { Studio } from '../studio';
import type { RUN_PANEL, RunPanels } from './runPanels';

/** Said here, too, since reading it there would load what is there. */
const runPanel: typeof RUN_PANEL = 'latentStudio.run';

/** Names the views to VS Code. What fills them is loaded with the first one that is looked at. */
export function registerViews(studio: Studio): Disposable {
  const store = new DisposableStore();
  let loading: Promise<RunPanels> | undefined;
  const panels = () => (loading ??= import('./runPanels').then(({ RunPanels }) => new RunPanels(studio)));
  store.add(
    vscode.window.registerWebviewViewProvider('latentStudio.charts', {
      async resolveWebviewView(view) {
        const { ChartsView } = await import('./chartsView');
        new ChartsView(studio).resolveWebviewView(view);
      },
    }),
  );
  store.add(
    vscode.window.registerWebviewPanelSerializer(runPanel, {
      deserializeWebviewPanel: async (panel, state) => (await panels()).deserializeWebviewPanel(panel, state),
    }),
  );
  store.add(
    vscode.commands.registerCommand('latentStudio.openRun', async (argument: unknown) => {
      const { pickRun } = await import('../ui/pickRun');
      const key = await pickRun(studio.registry, argument, { to: 'open', fits: () => true });
      if (key !== undefined) await (await panels()).open(key);
    }),
  );
  return store;
}
