import * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable';
import { shortNames } from '../../common/names';
import type { RegistryChange } from '../registry/registry';
import type { Studio } from '../studio';
import { Throttle } from '../ui/throttle';
import { runItem } from './runItem';

/** A live run changes ten times a second; a tree need not be redrawn that often. */
const REDRAW_MILLISECONDS = 400;

/** VS Code requests all rows of a level at once, visible or not: thousands would block all extensions. */
const PAGE = 200;
/** The row after the last shown run; keys of runs are hexadecimal, so this one is unique. */
const MORE = 'more';

/** The *Runs* view, newest first. The charts overlay the checked runs. */
export class RunsTree implements vscode.TreeDataProvider<string>, vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly redraw = this.store.add(new vscode.EventEmitter<string[] | undefined>());
  private readonly waiting = new Set<string>();
  private listed = new Set<string>();
  private shown: ReadonlySet<string> = new Set();
  private labels: ReadonlyMap<string, string> = new Map();
  private most = PAGE;
  private readonly redrawSoon = this.store.add(new Throttle(REDRAW_MILLISECONDS, () => this.redrawWaiting()));

  readonly onDidChangeTreeData = this.redraw.event;

  constructor(private readonly studio: Studio) {
    this.store.add(studio.registry.onChange((change) => this.take(change)));
    const view = this.store.add(
      vscode.window.createTreeView('latentStudio.runs', { treeDataProvider: this, canSelectMany: true }),
    );
    this.store.add(view.onDidChangeCheckboxState(({ items }) => this.tick(items)));
    this.store.add(studio.selection.onChange(() => this.takeShown()));
    this.store.add(
      vscode.commands.registerCommand('latentStudio.showMoreRuns', () => {
        this.most += PAGE;
        this.redraw.fire(undefined);
      }),
    );
  }

  getTreeItem(key: string): vscode.TreeItem {
    if (key === MORE) return this.moreItem();
    const run = this.studio.registry.run(key);
    // It may have been removed between being listed and being drawn.
    if (run === undefined) return new vscode.TreeItem('');
    return runItem(run, { label: this.labels.get(key) ?? run.name, shown: this.shown.has(key) });
  }

  getChildren(parent?: string): string[] {
    if (parent !== undefined) return [];
    const runs = this.studio.registry.runs();
    const keys = runs.map((run) => run.key);
    this.shown = new Set(this.studio.selection.shown());
    this.labels = new Map(shortNames(runs.map(({ name }) => name)).map((label, i) => [keys[i]!, label]));
    // Rows beyond the limit count as listed: their changes need not redraw the others.
    this.listed = new Set(keys);
    return keys.length > this.most ? [...keys.slice(0, this.most), MORE] : keys;
  }

  getParent(): undefined {
    return undefined;
  }

  dispose(): void {
    this.store.dispose();
  }

  private moreItem(): vscode.TreeItem {
    const item = new vscode.TreeItem('Show More');
    item.id = MORE;
    item.description = `${this.listed.size - this.most} older runs`;
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.command = { title: 'Show More', command: 'latentStudio.showMoreRuns' };
    return item;
  }

  private take({ changed, removed }: RegistryChange): void {
    if (removed.length > 0 || changed.some((key) => !this.listed.has(key))) return this.redraw.fire(undefined);
    for (const key of changed) this.waiting.add(key);
    this.redrawSoon.ask();
  }

  private tick(items: readonly [string, vscode.TreeItemCheckboxState][]): void {
    for (const shown of [true, false]) {
      const state = shown ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
      const keys = items.flatMap(([key, now]) => (now === state ? [key] : []));
      if (keys.length > 0) this.studio.selection.overlay(keys, shown);
    }
  }

  private takeShown(): void {
    if (this.readShown()) this.redrawSoon.ask();
  }

  /** Updates which runs are checked; returns whether a row has to be redrawn. */
  private readShown(): boolean {
    const before = this.shown;
    this.shown = new Set(this.studio.selection.shown());
    const turned = [...this.listed].filter((key) => before.has(key) !== this.shown.has(key));
    for (const key of turned) this.waiting.add(key);
    return turned.length > 0;
  }

  private redrawWaiting(): void {
    // A run that begins to train is checked automatically.
    this.readShown();
    this.redraw.fire([...this.waiting].filter((key) => this.listed.has(key)));
    this.waiting.clear();
  }
}
