import * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable';
import type { RegistryMove } from '../registry/registry';
import type { Studio } from '../studio';
import { viewHtml, viewOptions } from '../ui/html';
import { plain } from '../ui/plain';
import { connectWebview } from './connectWebview';
import { restoredKey } from './restoredKey';

export const RUN_PANEL = 'latentStudio.run';

/**
 * Run tabs, one per run. A tab is restored after a reload and finds its run once the registry has it, so nothing here
 * closes tabs when the extension is deactivated.
 */
export class RunPanels implements vscode.WebviewPanelSerializer {
  private readonly panels = new Map<string, vscode.WebviewPanel>();
  /** Connects a tab with its run. */
  private readonly connections = new Map<vscode.WebviewPanel, DisposableStore>();

  constructor(private readonly studio: Studio) {
    studio.registry.onMove((move) => this.follow(move));
  }

  /** Resolves when the tab's page is ready, or has failed to load. */
  async open(key: string): Promise<void> {
    const known = this.panels.get(key);
    if (known) return known.reveal();
    const stale = this.sleepingTabs(this.titleOf(key));
    const panel = vscode.window.createWebviewPanel(RUN_PANEL, this.titleOf(key), vscode.ViewColumn.Active);
    const filled = this.fill(panel, key);
    if (stale.length > 0) await vscode.window.tabGroups.close(stale, true);
    await filled;
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const key = restoredKey(state);
    if (key === undefined || this.panels.has(key)) return panel.dispose();
    void this.fill(panel, key);
  }

  /**
   * A restored tab is passed to the extension only when it becomes visible. Until then only its title is known, so tabs
   * whose title another open tab has are left alone.
   */
  private sleepingTabs(title: string): vscode.Tab[] {
    if ([...this.panels.values()].some((panel) => panel.title === title)) return [];
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    return tabs.filter(
      ({ input, label }) =>
        label === title && input instanceof vscode.TabInputWebview && input.viewType.endsWith(RUN_PANEL),
    );
  }

  /** The page of a renamed run starts over with the new key and keeps its remembered state. */
  private follow({ from, to }: RegistryMove): void {
    const panel = this.panels.get(from);
    if (panel === undefined || this.panels.has(to)) return;
    this.panels.delete(from);
    this.connections.get(panel)?.dispose();
    this.studio.front.turn(from, false);
    panel.title = this.titleOf(to);
    void this.fill(panel, to);
  }

  private async fill(panel: vscode.WebviewPanel, key: string): Promise<void> {
    const { studio } = this;
    const store = new DisposableStore();
    this.panels.set(key, panel);
    this.connections.set(panel, store);
    const icon = (theme: string) => vscode.Uri.joinPath(studio.extension, 'media', `tab-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.options = viewOptions(studio.extension);
    const shows = () => (studio.registry.run(key) === undefined ? [] : [key]);
    const { session, arrival } = store.add(connectWebview(panel.webview, studio, { shows }));
    store.add(
      studio.registry.onChange(({ changed }) => {
        if (changed.includes(key)) panel.title = this.titleOf(key);
      }),
    );
    studio.front.turn(key, panel.active);
    store.add(
      panel.onDidChangeViewState(() => {
        studio.front.turn(key, panel.active);
        if (!panel.visible) session.suspend();
      }),
    );
    store.add(
      panel.onDidDispose(() => {
        this.panels.delete(key);
        this.connections.delete(panel);
        studio.front.turn(key, false);
        store.dispose();
      }),
    );
    panel.webview.html = viewHtml(panel.webview, studio.extension, 'run', key);
    await arrival;
  }

  private titleOf(key: string): string {
    const run = this.studio.registry.run(key);
    return run === undefined ? 'Run' : plain(run.name, 60);
  }
}
