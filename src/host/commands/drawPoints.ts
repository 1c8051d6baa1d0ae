import * as vscode from 'vscode';
import { csvLine } from '../../common/csv';
import { DisposableStore } from '../../common/disposable';
import { RequestError } from '../../protocol/channel';
import {
  drawingRequests,
  drawingToHostSchema,
  type DrawingExchanges,
  type DrawingToHost,
  type DrawnPoints,
  type HostToDrawing,
} from '../../protocol/drawing';
import type { Studio } from '../studio';
import { HostChannel } from '../ui/channel';
import { DRAWN_FAMILY } from '../../protocol/families/schemas';
import { viewHtml, viewOptions } from '../ui/html';
import { postToPage } from '../ui/postToPage';
import { problems, report } from '../ui/problems';
import { reasonWords } from '../ui/words';
import { freeName, writeBeginning } from './newSpecification';
import { drawnSpecification } from './drawnSpecification';
import { trainFile } from './train';

export const DRAWING_PANEL = 'latentStudio.drawPoints';
const TITLE = 'Draw Data Points';
/** Digits after the point: far below a pixel. */
const DIGITS = 4;

/** *Draw Data Points…*: opens a tab in which points are drawn. */
export async function drawPoints(studio: Studio): Promise<void> {
  if (!vscode.workspace.workspaceFolders?.length) return report(problems.noFolderToWrite());
  // A hidden page that was destroyed would forget what can be undone.
  const options = { retainContextWhenHidden: true };
  const panel = vscode.window.createWebviewPanel(DRAWING_PANEL, TITLE, vscode.ViewColumn.Active, options);
  showDrawing(studio, panel);
  return Promise.resolve();
}

/** Fills a tab, a new one or one of the previous window; the page keeps the points. */
export function showDrawing(studio: Studio, panel: vscode.WebviewPanel): void {
  const store = new DisposableStore();
  const icon = (theme: string) => vscode.Uri.joinPath(studio.extension, 'media', `tab-${theme}.svg`);
  panel.iconPath = { light: icon('light'), dark: icon('dark') };
  panel.webview.options = viewOptions(studio.extension);
  const drawing = new Drawing(studio);
  const channel = store.add(
    new HostChannel<DrawingExchanges, DrawingToHost, HostToDrawing>({
      grammar: () => ({ requests: drawingRequests, messages: drawingToHostSchema }),
      post: (message) => postToPage(panel.webview, message),
      ready: () => undefined,
      take: () => undefined,
      handlers: { save: (points) => drawing.save(points), train: (points) => drawing.train(points) },
      warn: (message) => studio.log.warn(`Drawing points: ${message}`),
    }),
  );
  store.add(panel.webview.onDidReceiveMessage((data: unknown) => channel.receive(data)));
  panel.onDidDispose(() => store.dispose());
  panel.webview.html = viewHtml(panel.webview, studio.extension, 'draw');
}

/** The files of one drawing. */
class Drawing {
  private saved: { readonly text: string; readonly file: vscode.Uri } | undefined;

  constructor(private readonly studio: Studio) {}

  async save(points: DrawnPoints): Promise<{ name: string }> {
    return { name: nameOf(await this.write(points)) };
  }

  async train(points: DrawnPoints): Promise<{ name: string }> {
    if (!vscode.workspace.isTrusted) {
      report(problems.untrusted('Training'));
      throw new RequestError('Training is not possible in Restricted Mode.', 'failed');
    }
    const data = await this.write(points);
    const file = await attempt('specification', async () => {
      const folder = vscode.Uri.joinPath(data, '..');
      const free = await freeName(folder, `${DRAWN_FAMILY}-points`);
      const count = points.coordinates.length / 2;
      await writeBeginning(free, drawnSpecification(nameOf(free).replace('.latent.json', ''), nameOf(data), count));
      return free;
    });
    await vscode.window.showTextDocument(file);
    // Starting takes seconds, and says itself what goes wrong.
    void trainFile(this.studio, file);
    return { name: nameOf(file) };
  }

  /** Under a new name, unless nothing has changed: a run may be learning from the earlier file. */
  private async write({ coordinates }: DrawnPoints): Promise<vscode.Uri> {
    const text = csvOf(coordinates);
    if (this.saved?.text === text && (await exists(this.saved.file))) return this.saved.file;
    const file = await attempt('file of points', async () => {
      const free = await freeName(await folderToWrite(), 'points', '.csv');
      await vscode.workspace.fs.writeFile(free, new TextEncoder().encode(text));
      return free;
    });
    this.saved = { text, file };
    return file;
  }
}

async function folderToWrite(): Promise<vscode.Uri> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const folder =
    folders.length > 1
      ? await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Folder of the points' })
      : folders[0];
  if (folder === undefined) throw new RequestError('No folder was chosen.', 'cancelled');
  return folder.uri;
}

async function attempt<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(`The ${what} cannot be written: ${reasonWords(error)}.`, 'failed');
  }
}

function csvOf(coordinates: readonly number[]): string {
  const lines = [csvLine(['x', 'y'])];
  const rounded = coordinates.map((value) => Number(value.toFixed(DIGITS)));
  for (let at = 0; at < rounded.length; at += 2) lines.push(csvLine([rounded[at]!, rounded[at + 1]!]));
  return lines.join('');
}

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}

function nameOf(file: vscode.Uri): string {
  return file.path.slice(file.path.lastIndexOf('/') + 1);
}
