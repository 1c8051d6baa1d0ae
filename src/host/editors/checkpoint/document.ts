import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../../../common/disposable';
import { Emitter } from '../../../common/emitter';
import type { TensorFileSummary } from '../../../protocol/tensors';
import type { TensorService } from '../../../tensors/service';

/** Of a file system that is not this machine's disk a file comes whole, into memory. */
export const LARGEST_VIRTUAL_BYTES = 256 * 1024 * 1024;
/** A file that is being written changes many times a second. */
const SETTLE_MILLISECONDS = 300;
/** A file that ends the thread which reads it would do so again and again. */
const MOST_RECOVERIES = 3;
/** What a file that names others may name. */
const NAMED = /\.(safetensors|bin)$/i;

/** A file of tensors that is open in one editor or several; opened anew whenever it changes on disk. */
export class CheckpointDocument implements vscode.CustomDocument {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<void>());
  private readonly activities = this.store.add(new Emitter<string>());
  private opening: { readonly summary: Promise<TensorFileSummary>; readonly controller: AbortController } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private loaded = false;
  private recoveries = 0;

  /** Its bytes are others now, or it is gone. */
  readonly onChange = this.changes.event;
  /** What opening it is about now, in words. */
  readonly onActivity = this.activities.event;

  /** @param key the name under which the tensor service knows the file */
  constructor(
    readonly uri: vscode.Uri,
    readonly key: string,
    private readonly tensors: TensorService,
  ) {
    // The folder and not the name, which may hold what a pattern means something by.
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*');
    const watcher = this.store.add(vscode.workspace.createFileSystemWatcher(pattern));
    const names = uri.path.toLowerCase().endsWith('.json');
    const concerns = (changed: vscode.Uri) => changed.path === uri.path || (names && NAMED.test(changed.path));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
      this.store.add(event((changed) => concerns(changed) && this.soon()));
    }
    // Another file's fault: this one was open, and is opened again.
    this.store.add(tensors.onEnd(() => this.loaded && ++this.recoveries <= MOST_RECOVERIES && this.reload()));
  }

  get name(): string {
    return path.posix.basename(this.uri.path);
  }

  /** Its path, where it lies on this machine's disk. */
  get file(): string | undefined {
    return this.uri.scheme === 'file' ? this.uri.fsPath : undefined;
  }

  /** Opens the file unless it is open. Rejects with words for people. */
  load(): Promise<TensorFileSummary> {
    if (this.opening === undefined) {
      const controller = new AbortController();
      const summary = this.open(controller.signal).then((found) => {
        this.loaded ||= !controller.signal.aborted;
        return found;
      });
      this.opening = { summary, controller };
    }
    return this.opening.summary;
  }

  /** Opening it ends, until it is opened anew. */
  cancel(): void {
    if (!this.loaded) this.opening?.controller.abort(new Error('It was not opened: you cancelled that.'));
  }

  /** Opens it anew, and lets the editors know. */
  reload(): void {
    this.opening?.controller.abort(new Error('It is opened anew.'));
    this.opening = undefined;
    this.loaded = false;
    this.changes.fire();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.opening?.controller.abort(new Error('Its editor was closed.'));
    this.store.dispose();
    this.tensors.close(this.key);
  }

  private async open(signal: AbortSignal): Promise<TensorFileSummary> {
    const { file, key, uri } = this;
    const onProgress = (_: number, activity = '') => this.activities.fire(activity);
    const options = { signal, onProgress };
    if (file !== undefined) return this.tensors.ask({ type: 'open', file: key, path: file }, options);
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > LARGEST_VIRTUAL_BYTES) {
      const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MB`;
      throw new Error(
        `It does not lie on this machine, and has ${megabytes(size)}: at most ${megabytes(LARGEST_VIRTUAL_BYTES)} are ` +
          'fetched to be looked at. Copy it to the disk and open it there.',
      );
    }
    // A copy that can be given away: whoever provides the file may keep the array, and a Buffer's slice() shares it.
    signal.throwIfAborted();
    this.activities.fire('Fetching the file');
    const fetched = await unlessAborted(vscode.workspace.fs.readFile(uri), signal);
    const bytes = new Uint8Array(fetched);
    return this.tensors.ask({ type: 'open', file: key, path: this.name, bytes }, options);
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reload(), SETTLE_MILLISECONDS);
  }
}

/** Nobody can call off the reading of a file that is elsewhere, but one need not wait for it. */
function unlessAborted<T>(reading: Thenable<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    reading.then(resolve, reject);
  });
}
