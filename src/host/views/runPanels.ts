import * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable';
import type { RegistryMove } from '../registry/registry';
import type { Studio } from '../studio';
import { viewHtml, viewOptions } from '../ui/html';
import { describeRun } from '../ui/format';
import { plain } from '../ui/plain';
import { problems, report } from '../ui/problems';
import { connectWebview } from './connectWebview';
import { restoredComparison, restoredKey } from './restoredKey';
import type { ViewSession } from './session';

export const RUN_PANEL = 'latentStudio.run';

/**
 * Run tabs, one per run. A tab is restored after a reload and finds its run once the registry has it, so nothing here
 * closes tabs when the extension is deactivated.
 */
export class RunPanels implements vscode.WebviewPanelSerializer {
  private readonly panels = new Map<string, vscode.WebviewPanel>();
  /** Connects a tab with its run. */
  private readonly connections = new Map<vscode.WebviewPanel, DisposableStore>();

  /** The run that a tab shows beside its own. */
  private readonly compared = new Map<vscode.WebviewPanel, string>();
  private readonly sessions = new Map<vscode.WebviewPanel, ViewSession>();

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

  /** Shows a run that the user picks beside the run of a tab, which is opened if it is not. */
  async compare(key: string): Promise<void> {
    const { studio } = this;
    const others = studio.registry.runs().filter((run) => run.key !== key);
    if (others.length === 0) return report(problems.nothingTo('compare with'));
    const items = others.map((run) => ({ label: plain(run.name, 100), description: describeRun(run), key: run.key }));
    const title = `Compare ${this.titleOf(key)} with…`;
    const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
    if (picked === undefined) return;
    await this.open(key);
    const panel = this.panels.get(key);
    if (panel !== undefined) this.showBeside(panel, picked.key);
  }

  private showBeside(panel: vscode.WebviewPanel, other: string | undefined): void {
    if (other === undefined) this.compared.delete(panel);
    else this.compared.set(panel, other);
    this.sessions.get(panel)?.reselect();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const key = restoredKey(state);
    if (key === undefined || this.panels.has(key)) return panel.dispose();
    const other = restoredComparison(state);
    if (other !== undefined && other !== key) this.compared.set(panel, other);
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
    for (const [panel, other] of this.compared) if (other === from) this.showBeside(panel, to);
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
    const shows = () => {
      const keys = [key, this.compared.get(panel)].filter((each) => each !== undefined);
      return keys.filter((each) => studio.registry.run(each) !== undefined);
    };
    const compare = (end: boolean) => (end ? this.showBeside(panel, undefined) : void this.compare(key));
    const { session, arrival } = store.add(connectWebview(panel.webview, studio, { shows, compare }));
    this.sessions.set(panel, session);
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
        this.compared.delete(panel);
        this.sessions.delete(panel);
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
