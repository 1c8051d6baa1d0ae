import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../../../common/disposable';
import { Emitter } from '../../../common/emitter';
import type { TensorFileSummary } from '../../../protocol/tensors';
import type { TensorService } from '../../../tensors/service';

/** Files that are not on a local disk are read into memory as a whole. */
export const LARGEST_VIRTUAL_BYTES = 256 * 1024 * 1024;
/** A file that is being written changes many times a second. */
const SETTLE_MILLISECONDS = 300;
/** A file that crashes the worker thread would crash it again on every retry. */
const MOST_RECOVERIES = 3;
/** Files that an index file may refer to. */
const NAMED = /\.(safetensors|bin)$/i;

/** A tensor file that is open in one or several editors; reopened when it changes on disk. */
export class CheckpointDocument implements vscode.CustomDocument {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<void>());
  private readonly activities = this.store.add(new Emitter<string>());
  private opening: { readonly summary: Promise<TensorFileSummary>; readonly controller: AbortController } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private loaded = false;
  private recoveries = 0;

  /** The contents have changed, or the file is gone. */
  readonly onChange = this.changes.event;
  /** The current activity while opening, for users. */
  readonly onActivity = this.activities.event;

  /** @param key the key of the file in the tensor service */
  constructor(
    readonly uri: vscode.Uri,
    readonly key: string,
    private readonly tensors: TensorService,
  ) {
    // A pattern relative to the folder, because the name may contain glob characters.
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*');
    const watcher = this.store.add(vscode.workspace.createFileSystemWatcher(pattern));
    const names = uri.path.toLowerCase().endsWith('.json');
    const concerns = (changed: vscode.Uri) => changed.path === uri.path || (names && NAMED.test(changed.path));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
      this.store.add(event((changed) => concerns(changed) && this.soon()));
    }
    // Another file crashed the service; this one was open and is reopened.
    this.store.add(tensors.onEnd(() => this.loaded && ++this.recoveries <= MOST_RECOVERIES && this.reload()));
  }

  get name(): string {
    return path.posix.basename(this.uri.path);
  }

  /** Its path, if it is on a local disk. */
  get file(): string | undefined {
    return this.uri.scheme === 'file' ? this.uri.fsPath : undefined;
  }

  /** Opens the file unless it is open. Rejects with a message for users. */
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

  /** Cancels opening; {@link reopen} starts it again. */
  cancel(): void {
    if (!this.loaded) this.opening?.controller.abort(new Error('Opening was cancelled.'));
  }

  /** Reopens the file and notifies its editors. */
  reload(): void {
    this.opening?.controller.abort(new Error('It is being reopened.'));
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
        `It is not on this machine and has ${megabytes(size)}: at most ${megabytes(LARGEST_VIRTUAL_BYTES)} are ` +
          'fetched for viewing. Copy it to a local disk and open it there.',
      );
    }
    // A copy whose buffer can be transferred: the file system provider may keep the array, and slice() of a Buffer
    // shares memory.
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

/** Reading a virtual file cannot be canceled, but its result can be ignored. */
function unlessAborted<T>(reading: Thenable<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    reading.then(resolve, reject);
  });
}
