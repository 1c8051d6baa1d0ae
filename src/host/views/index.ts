import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/disposable';
import type { Studio } from '../studio';
import type { ChartsView } from './chartsView';
import type { LATENT_PANEL, LatentPanels } from './latent/panels';
import type { RUN_PANEL, RunPanels } from './runPanels';

/** Repeated here, since importing it would load the module. */
const runPanel: typeof RUN_PANEL = 'latentStudio.run';
const latentPanel: typeof LATENT_PANEL = 'latentStudio.latent';

/** Registers the views with VS Code. Their implementations are loaded when the first view is opened. */
export function registerViews(studio: Studio): Disposable {
  const store = new DisposableStore();
  let loading: Promise<RunPanels> | undefined;
  const panels = () => (loading ??= import('./runPanels').then(({ RunPanels }) => new RunPanels(studio)));
  // One per window, since it counts how often its page failed to load.
  let loadingCharts: Promise<ChartsView> | undefined;
  const charts = () => (loadingCharts ??= import('./chartsView').then(({ ChartsView }) => new ChartsView(studio)));
  store.add(
    vscode.window.registerWebviewViewProvider('latentStudio.charts', {
      resolveWebviewView: async (view) => (await charts()).resolveWebviewView(view),
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
      const key = await pickRun(studio, argument, { to: 'open', fits: () => true, opens: true });
      if (key !== undefined) await (await panels()).open(key);
    }),
  );
  store.add(
    vscode.commands.registerCommand('latentStudio.compareRuns', async (argument: unknown) => {
      const { pickRun } = await import('../ui/pickRun');
      const key = await pickRun(studio, argument, { to: 'compare', fits: () => true });
      if (key !== undefined) await (await panels()).compare(key);
    }),
  );
  let loadingExplorers: Promise<LatentPanels> | undefined;
  const explorers = () =>
    (loadingExplorers ??= import('./latent/panels').then(({ LatentPanels }) => new LatentPanels(studio)));
  store.add(
    vscode.window.registerWebviewPanelSerializer(latentPanel, {
      deserializeWebviewPanel: async (panel, state) => (await explorers()).deserializeWebviewPanel(panel, state),
    }),
  );
  store.add(
    vscode.commands.registerCommand('latentStudio.openLatentExplorer', async (argument: unknown) => {
      const { openLatentExplorer } = await import('./latent/open');
      await openLatentExplorer(studio, await explorers(), argument);
    }),
  );
  store.add(
    vscode.commands.registerCommand('latentStudio.browseModels', async () => {
      (await import('./gallery')).showGallery(studio.extension);
    }),
  );
  return store;
}
