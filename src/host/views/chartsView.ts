import * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable';
import type { Studio } from '../studio';
import { viewHtml, viewOptions } from '../ui/html';
import { problems, report } from '../ui/problems';
import { revealCharts } from '../ui/revealCharts';
import { chartedPart } from './chartedPart';
import { connectWebview } from './connectWebview';

/**
 * How long each page may take to load before the next one replaces it. The times grow because a page that is merely slow would
 * have to start over.
 */
const PATIENCE_MILLISECONDS = [4_000, 8_000, 16_000] as const;

/** Pages that must fail before the user is told: the cure for most of the rest is theirs, a reload of the window. */
const TOLD_AFTER = 2;

/** The *Charts* view of the side bar: curves of the selected runs and of those that train. */
export class ChartsView implements vscode.WebviewViewProvider {
  /** How often the page failed to load in this window. */
  private failures = 0;

  constructor(private readonly studio: Studio) {}

  resolveWebviewView(view: vscode.WebviewView): void {
    const { studio } = this;
    const store = new DisposableStore();
    view.webview.options = viewOptions(studio.extension);
    const { session, arrival } = store.add(
      connectWebview(
        view.webview,
        studio,
        {
          shows: () => studio.selection.shown(),
          choices: () => studio.selection.choices(),
          part: chartedPart,
        },
        PATIENCE_MILLISECONDS[this.failures],
      ),
    );
    store.add(studio.selection.onChange(() => session.reselect()));
    store.add(
      view.onDidChangeVisibility(() => {
        if (!view.visible) session.suspend();
      }),
    );
    view.onDidDispose(() => store.dispose());
    view.webview.html = viewHtml(view.webview, studio.extension, 'charts');
    void arrival.then((how) => {
      if (how === 'overdue' && view.visible) return this.recreate();
    });
  }

  /**
   * In a browser, a webview that loads while its service worker takes over can wait forever for a takeover that has
   * already happened; a new webview then loads. If Chromium does not finish updating the worker, every new webview
   * waits as well, and the user is offered a reload of the window.
   */
  private async recreate(): Promise<void> {
    if (++this.failures === TOLD_AFTER) report(problems.chartsNotLoaded());
    if (this.failures >= PATIENCE_MILLISECONDS.length) return;
    this.studio.log.warn('The Charts view did not load. It is opened again.');
    await vscode.commands.executeCommand('latentStudio.charts.removeView');
    await revealCharts();
  }
}
