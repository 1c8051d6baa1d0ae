import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../../../common/disposable';
import { isLive } from '../../../protocol/status';
import type { RegistryMove } from '../../registry/registry';
import type { Studio } from '../../studio';
import { viewHtml, viewOptions } from '../../ui/html';
import { plain } from '../../ui/plain';
import { postToPage } from '../../ui/postToPage';
import { restoredKey } from '../restoredKey';
import { save, saveImages } from './save';
import type { Subject } from './subject';
import { LatentTab } from './tab';

export const LATENT_PANEL = 'latentStudio.latent';

/** Maps the keys of checkpoint tabs to their files: a restored page knows only its key. */
const MEMORY = 'latentStudio.exploredCheckpoints';
const MOST_REMEMBERED = 50;

/** Tabs of the latent explorer, one per run or checkpoint. A restored tab loads its model again. */
export class LatentPanels implements vscode.WebviewPanelSerializer {
  private readonly panels = new Map<string, vscode.WebviewPanel>();
  /** Connects a tab with its model. */
  private readonly connections = new Map<vscode.WebviewPanel, DisposableStore>();

  constructor(private readonly studio: Studio) {
    studio.registry.onMove((move) => this.follow(move));
  }

  openRun(key: string): void {
    this.open(key);
  }

  async openCheckpoint(file: string): Promise<void> {
    const key = this.studio.registry.keyOf(file);
    const others = Object.entries(this.remembered).filter(([other]) => other !== key);
    await this.studio.memory.update(MEMORY, Object.fromEntries([...others, [key, file]].slice(-MOST_REMEMBERED)));
    this.open(key);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const key = restoredKey(state);
    if (key === undefined || this.panels.has(key)) return panel.dispose();
    this.fill(panel, key);
    return Promise.resolve();
  }

  private open(key: string): void {
    const known = this.panels.get(key);
    if (known) return known.reveal();
    // A hidden page that was destroyed would have to encode and project everything again.
    const options = { retainContextWhenHidden: true };
    const panel = vscode.window.createWebviewPanel(LATENT_PANEL, this.titleOf(key), vscode.ViewColumn.Active, options);
    this.fill(panel, key);
  }

  /** The page of a renamed run starts over with the new key. */
  private follow({ from, to }: RegistryMove): void {
    const panel = this.panels.get(from);
    if (panel === undefined || this.panels.has(to)) return;
    this.panels.delete(from);
    this.connections.get(panel)?.dispose();
    panel.title = this.titleOf(to);
    this.fill(panel, to);
  }

  private fill(panel: vscode.WebviewPanel, key: string): void {
    const { studio } = this;
    const { registry } = studio;
    const store = new DisposableStore();
    this.panels.set(key, panel);
    this.connections.set(panel, store);
    const icon = (theme: string) => vscode.Uri.joinPath(studio.extension, 'media', `tab-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.options = viewOptions(studio.extension);
    const subject = () => this.subjectOf(key);
    const tab = store.add(
      new LatentTab({
        launcher: studio.launcher,
        key,
        name: () => this.nameOf(key),
        subject,
        trusted: () => vscode.workspace.isTrusted,
        post: (message) => postToPage(panel.webview, message),
        intend: (intent) => this.intend(intent, key),
        saving: { save, saveImages },
        warn: (message) => studio.log.warn(`The latent explorer: ${message}`),
      }),
    );
    let known = subject() !== undefined;
    let training = false;
    store.add(
      registry.onChange(({ changed }) => {
        if (!changed.includes(key)) return;
        panel.title = this.titleOf(key);
        const run = registry.run(key);
        const trains = run !== undefined && isLive(run.status);
        if (!known || (trains && !training && !tab.isLive)) tab.connect();
        if (!known) tab.retell();
        [known, training] = [subject() !== undefined, trains];
      }),
    );
    store.add(vscode.workspace.onDidGrantWorkspaceTrust(() => tab.connect()));
    store.add(panel.webview.onDidReceiveMessage((data: unknown) => tab.receive(data)));
    store.add(
      panel.onDidDispose(() => {
        this.panels.delete(key);
        this.connections.delete(panel);
        store.dispose();
      }),
    );
    panel.webview.html = viewHtml(panel.webview, studio.extension, 'latent', key);
    tab.connect();
    if (!known) void registry.refresh().then(() => known || tab.lost('The run is not in the workspace.'));
  }

  private intend(intent: 'trust' | 'openRun', key: string): void {
    if (intent === 'trust') return void vscode.commands.executeCommand('workbench.trust.manage');
    const run = this.runOf(key);
    if (run !== undefined) void vscode.commands.executeCommand('latentStudio.openRun', run);
  }

  private subjectOf(key: string): Subject | undefined {
    const folder = this.studio.registry.pathOf(key);
    if (folder !== undefined) return { kind: 'run', key, folder };
    const file = this.remembered[key];
    return file === undefined ? undefined : { kind: 'checkpoint', key, file };
  }

  /** The key of the run that a tab shows, or whose folder contains its checkpoint. */
  private runOf(key: string): string | undefined {
    const subject = this.subjectOf(key);
    if (subject === undefined) return undefined;
    const { registry } = this.studio;
    const run = subject.kind === 'run' ? key : registry.keyOf(path.dirname(path.dirname(subject.file)));
    return registry.run(run) === undefined ? undefined : run;
  }

  private nameOf(key: string): string {
    const run = this.studio.registry.run(key);
    if (run !== undefined) return run.name;
    const subject = this.subjectOf(key);
    return subject?.kind === 'checkpoint' ? path.basename(subject.file) : 'Run';
  }

  private titleOf(key: string): string {
    return `Latent Explorer: ${plain(this.nameOf(key), 60)}`;
  }

  private get remembered(): Readonly<Record<string, string>> {
    return this.studio.memory.get<Record<string, string>>(MEMORY, {});
  }
}
