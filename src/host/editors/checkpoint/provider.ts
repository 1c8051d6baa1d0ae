import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../../common/disposable';
import { TensorService } from '../../../tensors/service';
import type { Studio } from '../../studio';
import { viewHtml, viewOptions } from '../../ui/html';
import { CheckpointDocument } from './document';
import { CheckpointPage, type Order } from './page';

/** Commands for a file that is not open yet wait this long for its editor, enough for a slow window. */
const PATIENCE_MILLISECONDS = 30_000;

/** The read-only editor of tensor files. Several editors may show one file. */
export class CheckpointEditors implements vscode.CustomReadonlyEditorProvider<CheckpointDocument>, Disposable {
  private readonly store = new DisposableStore();
  private readonly tensors: TensorService;
  private readonly pages = new Map<string, Set<CheckpointPage>>();
  private readonly waiting = new Map<string, Order[]>();
  private opened = 0;

  constructor(private readonly studio: Studio) {
    const worker = path.join(studio.extension.fsPath, 'dist', 'tensorWorker.cjs');
    this.tensors = this.store.add(new TensorService(worker));
  }

  openCustomDocument(uri: vscode.Uri): CheckpointDocument {
    return new CheckpointDocument(uri, `document ${++this.opened}`, this.tensors);
  }

  resolveCustomEditor(document: CheckpointDocument, panel: vscode.WebviewPanel): void {
    const { studio } = this;
    panel.webview.options = viewOptions(studio.extension);
    const page = new CheckpointPage(studio, this.tensors, document, panel);
    const key = document.uri.toString();
    const its = this.pages.get(key) ?? new Set();
    this.pages.set(key, its.add(page));
    for (const order of this.waiting.get(key) ?? []) page.order(order);
    this.waiting.delete(key);
    panel.onDidDispose(() => {
      page.dispose();
      its.delete(page);
      if (its.size === 0 && this.pages.get(key) === its) this.pages.delete(key);
    });
    panel.webview.html = viewHtml(panel.webview, studio.extension, 'checkpoint');
  }

  /** Opens or reveals the editor of a file and has it carry out a command. */
  async open(uri: vscode.Uri, viewType: string, order?: Order): Promise<void> {
    const key = uri.toString();
    const [page] = this.pages.get(key) ?? [];
    if (order !== undefined) {
      if (page !== undefined) page.order(order);
      else this.wait(key, order);
    }
    await vscode.commands.executeCommand('vscode.openWith', uri, viewType);
  }

  dispose(): void {
    for (const pages of this.pages.values()) for (const page of pages) page.dispose();
    this.store.dispose();
  }

  private wait(key: string, order: Order): void {
    const orders = [...(this.waiting.get(key) ?? []), order];
    this.waiting.set(key, orders);
    setTimeout(() => {
      if (this.waiting.get(key) === orders) this.waiting.delete(key);
    }, PATIENCE_MILLISECONDS).unref();
  }
}
