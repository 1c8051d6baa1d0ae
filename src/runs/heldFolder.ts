import type { BigIntStats } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';

/** Siblings that are looked at where the system does not say where an open folder is. */
const MOST_SIBLINGS = 10_000;

/**
 * A folder that is recognized under another name. It is known by its file number; where the system lets a folder be
 * opened it is held open as well, so that its number is given to no other meanwhile.
 */
export class HeldFolder {
  private constructor(
    private known: string,
    private readonly identity: BigIntStats,
    private readonly handle: fs.FileHandle | undefined,
    private readonly descriptors: string,
  ) {}

  /** @param descriptors folder in which the system lists this process's open files; tests pass one that does not exist */
  static async open(folder: string, descriptors = '/proc/self/fd'): Promise<HeldFolder> {
    const identity = await fs.stat(folder, { bigint: true });
    // Windows cannot open folders, and does not rename a folder that contains an open file.
    const handle = await fs.open(folder, 'r').catch(() => undefined);
    return new HeldFolder(folder, identity, handle, descriptors);
  }

  /**
   * The folder's current path, with links resolved; undefined if it is gone, or was moved to where it cannot be
   * found.
   */
  async find(): Promise<string | undefined> {
    for await (const place of this.places()) {
      // The old path may be a link, whose target could change between two writes.
      const real = await fs.realpath(place).catch(() => undefined);
      if (real === undefined || !(await this.isAt(real))) continue;
      this.known = real;
      return real;
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.handle?.close();
  }

  /** From the most likely one on. */
  private async *places(): AsyncGenerator<string> {
    yield this.known;
    // Linux reports its current path; on other systems, siblings of the old path are searched.
    const told =
      this.handle && (await fs.readlink(path.join(this.descriptors, String(this.handle.fd))).catch(() => undefined));
    if (told !== undefined) return yield told;
    const parent = path.dirname(this.known);
    const names = await fs.readdir(parent).catch(() => []);
    for (const name of names.slice(0, MOST_SIBLINGS)) yield path.join(parent, name);
  }

  private async isAt(place: string): Promise<boolean> {
    const found = await fs.lstat(place, { bigint: true }).catch(() => undefined);
    return found?.isDirectory() === true && found.ino === this.identity.ino && found.dev === this.identity.dev;
  }
}
