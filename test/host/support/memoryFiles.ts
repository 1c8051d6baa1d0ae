import * as vscode from 'vscode';

/** Files that are on no disk: a file system as extensions offer them, for one scheme. */
export class MemoryFiles implements vscode.FileSystemProvider {
  private readonly changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  private readonly files = new Map<string, { bytes: Uint8Array; size: number }>();
  readonly onDidChangeFile = this.changes.event;
  /** Paths that were read, in order. */
  readonly reads: string[] = [];

  constructor(private readonly scheme: string) {}

  /** @param size what it says that it has, where that is not what it has */
  put(path: string, bytes: Uint8Array, size = bytes.length): vscode.Uri {
    const type = this.files.has(path) ? vscode.FileChangeType.Changed : vscode.FileChangeType.Created;
    this.files.set(path, { bytes, size });
    const uri = vscode.Uri.from({ scheme: this.scheme, path });
    this.changes.fire([{ type, uri }]);
    return uri;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const file = this.files.get(path);
    const isFolder = [...this.files.keys()].some((other) => other.startsWith(path === '/' ? '/' : `${path}/`));
    if (file === undefined && !isFolder) throw vscode.FileSystemError.FileNotFound(path);
    return {
      ...{ ctime: 0, mtime: 1, size: file?.size ?? 0 },
      type: file === undefined ? vscode.FileType.Directory : vscode.FileType.File,
    };
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    const file = this.files.get(path);
    if (file === undefined) throw vscode.FileSystemError.FileNotFound(path);
    this.reads.push(path);
    return file.bytes;
  }

  readDirectory(): [string, vscode.FileType][] {
    return [...this.files.keys()].map((path) => [path.slice(1), vscode.FileType.File]);
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  writeFile(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  delete(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  rename(): void {
    throw vscode.FileSystemError.NoPermissions();
  }
}
