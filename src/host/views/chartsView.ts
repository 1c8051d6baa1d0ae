import type * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable';
import type { Studio } from '../studio';
import { viewHtml, viewOptions } from '../ui/html';
import { chartedPart } from './chartedPart';
import { connectWebview } from './connectWebview';

/** The *Charts* view of the side bar: curves of the selected runs and of those that train. */
export class ChartsView implements vscode.WebviewViewProvider {
  constructor(private readonly studio: Studio) {}

  resolveWebviewView(view: vscode.WebviewView): void {
    const { studio } = this;
    const store = new DisposableStore();
    view.webview.options = viewOptions(studio.extension);
    const { session } = store.add(
      connectWebview(view.webview, studio, {
        shows: () => studio.selection.shown(),
        choices: () => studio.selection.choices(),
        part: chartedPart,
      }),
    );
    store.add(studio.selection.onChange(() => session.reselect()));
    store.add(
      view.onDidChangeVisibility(() => {
        if (!view.visible) session.suspend();
      }),
    );
    view.onDidDispose(() => store.dispose());
    view.webview.html = viewHtml(view.webview, studio.extension, 'charts');
  }
}
