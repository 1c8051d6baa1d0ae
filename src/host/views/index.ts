import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/disposable';
import type { Studio } from '../studio';
import { pickRun } from '../ui/pickRun';
import { ChartsView } from './chartsView';
import { RUN_PANEL, RunPanels } from './runPanels';

export function registerViews(studio: Studio): Disposable {
  const store = new DisposableStore();
  const panels = new RunPanels(studio);
  store.add(vscode.window.registerWebviewViewProvider('latentStudio.charts', new ChartsView(studio)));
  store.add(vscode.window.registerWebviewPanelSerializer(RUN_PANEL, panels));
  store.add(
    vscode.commands.registerCommand('latentStudio.openRun', async (argument: unknown) => {
      const key = await pickRun(studio.registry, argument, { to: 'open', fits: () => true });
      if (key !== undefined) await panels.open(key);
    }),
  );
  return store;
}
