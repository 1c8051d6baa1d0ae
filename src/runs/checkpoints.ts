import { lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { openRegularFile, readBounded, readFully } from './boundedRead';
import {
  decodeCheckpoint,
  decodeCheckpointHead,
  decodeCheckpointSpecification,
  encodeCheckpoint,
  type Checkpoint,
} from './checkpointFile';
import type { CheckpointHead } from './checkpointFile';
import type { RunDirectory } from './directory';
import { reasonOf, RunError } from './error';
import { isOwnFolder, nodeFiles, writeFileAtomically, type FileOperations } from './files';
import { keptCheckpoints } from './keepRule';
import { printable } from './printable';
import { parseSafetensorsHeader } from '../formats/safetensors';
import type { CheckpointRule, Specification } from '../protocol/specification';

export interface CheckpointInfo extends CheckpointHead {
  /** Name inside the run's `checkpoints` folder. */
  readonly file: string;
  readonly bytes: number;
}

const FILE_NAME = /^step-(\d{8,16})\.safetensors$/;
/** One ArrayBuffer must hold a checkpoint. */
export const MAX_CHECKPOINT_BYTES = 2 ** 32;
/** Of a file that says more we read no list of tensors; our own headers are a few kilobytes. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

export function checkpointFileName(step: number): string {
  return `step-${String(step).padStart(8, '0')}.safetensors`;
}

/**
 * Reads a checkpoint file of ours, wherever it lies. Throws {@link RunError} that says what is wrong with it; what can
 * be read is as it was written, by checksum.
 */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  return orUnusable(file, async () => {
    // Its header first: what is no checkpoint of ours is not worth the memory that the whole of it takes.
    await readHead(file);
    return decodeCheckpoint(await readBounded(file, MAX_CHECKPOINT_BYTES));
  });
}

/** What a checkpoint file of ours says before its tensors, which are not read. Throws {@link RunError}. */
export async function readCheckpointHead(
  file: string,
): Promise<CheckpointHead & { readonly specification: Specification }> {
  return orUnusable(file, async () => {
    const { metadata } = await readMetadata(file);
    return { ...decodeCheckpointHead(metadata), specification: decodeCheckpointSpecification(metadata) };
  });
}

async function orUnusable<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new RunError(`The checkpoint ${printable(file)} cannot be used: ${printable(reasonOf(error))}.`, {
      cause: error,
    });
  }
}

/** The checkpoints of one run. Writing is for who holds the run's lock; reading is for everybody. */
export class CheckpointStore {
  /** What was read of files before; a file of other size or time is read again. */
  private readonly known = new Map<string, { stamp: string; info: CheckpointInfo | undefined }>();

  /**
   * @param files how files are written and removed; tests hand in one that fails
   * @param onProblem hears of an old checkpoint that could not be removed, which is no reason to stop training
   */
  constructor(
    private readonly run: RunDirectory,
    private readonly rule: CheckpointRule,
    private readonly files: FileOperations = nodeFiles,
    private readonly onProblem: (problem: string) => void = () => undefined,
  ) {}

  /**
   * Writes a checkpoint and removes those that the rule does not keep. Resolves to the file's name once it is on disk
   * for good; when it rejects, earlier checkpoints are as they were, none has been removed, and no half file shows.
   */
  async write(checkpoint: Checkpoint): Promise<string> {
    await this.makeFolder();
    const file = checkpointFileName(checkpoint.step);
    await writeFileAtomically(this.pathOf(file), encodeCheckpoint(checkpoint), this.files);
    await this.prune(checkpoint.runId, file);
    return file;
  }

  /** All whose head can be read, by step. Never throws for one bad file; {@link RunError} for a folder that is a link. */
  async list(): Promise<CheckpointInfo[]> {
    const names = (await isOwnFolder(this.run.checkpointsPath)) ? await readdir(this.run.checkpointsPath) : [];
    const found: CheckpointInfo[] = [];
    for (const name of names.filter((name) => FILE_NAME.test(name))) {
      const info = await this.inspect(name);
      if (info !== undefined) found.push(info);
    }
    return found.sort((a, b) => a.step - b.step);
  }

  /** @param file a name as {@link list} gives it. Throws {@link RunError}. */
  async read(file: string): Promise<Checkpoint> {
    if (!FILE_NAME.test(file)) throw new RunError(`“${printable(file, 100)}” is not the name of a checkpoint.`);
    return readCheckpoint(this.pathOf(file));
  }

  /** The newest of this run that reads whole; undefined where none does. */
  async newestWhole(runId: string): Promise<{ readonly file: string; readonly checkpoint: Checkpoint } | undefined> {
    // Another run's was put there by somebody: it is not this run's past.
    const own = (await this.list()).filter((info) => info.runId === runId);
    for (const { file } of own.reverse()) {
      const checkpoint = await this.read(file).catch(() => undefined);
      if (checkpoint !== undefined) return { file, checkpoint };
    }
    return undefined;
  }

  /** Only the folder itself: where the run's folder is gone, it is gone. */
  private async makeFolder(): Promise<void> {
    if (!(await isOwnFolder(this.run.checkpointsPath))) await mkdir(this.run.checkpointsPath);
  }

  private pathOf(file: string): string {
    return path.join(this.run.checkpointsPath, file);
  }

  /** Removes only what has our name, reads as ours and says that it belongs to this run. */
  private async prune(runId: string, justWritten: string): Promise<void> {
    try {
      const own = (await this.list()).filter((info) => info.runId === runId);
      const kept = keptCheckpoints(own, this.rule);
      const surplus = own.filter((info) => !kept.has(info) && info.file !== justWritten);
      for (const { file } of surplus) await this.files.remove(this.pathOf(file));
      if (surplus.length > 0) await this.files.syncFolder(this.run.checkpointsPath);
    } catch (error) {
      this.onProblem(`Old checkpoints could not be removed: ${reasonOf(error)}.`);
    }
  }

  private async inspect(file: string): Promise<CheckpointInfo | undefined> {
    const stats = await lstat(this.pathOf(file)).catch(() => undefined);
    if (stats === undefined || !stats.isFile()) return undefined;
    const stamp = `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    const before = this.known.get(file);
    if (before?.stamp === stamp) return before.info;
    const head = await readHead(this.pathOf(file)).catch(() => undefined);
    // One whose name says another step is none of the training's past.
    const info = head !== undefined && file === checkpointFileName(head.step) ? { ...head, file } : undefined;
    this.known.set(file, { stamp, info });
    return info;
  }
}

/** Reads a file's header only. Throws for what is not a checkpoint of ours. */
async function readHead(location: string): Promise<CheckpointHead & { readonly bytes: number }> {
  const { metadata, bytes } = await readMetadata(location);
  return { ...decodeCheckpointHead(metadata), bytes };
}

async function readMetadata(location: string): Promise<{ metadata: Readonly<Record<string, string>>; bytes: number }> {
  const handle = await openRegularFile(location);
  try {
    const { size } = await handle.stat();
    const prefix = new Uint8Array(8);
    if ((await readFully(handle, prefix, 0)) < 8) throw new RunError('it is too short');
    const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
    if (length > MAX_HEADER_BYTES) {
      throw new RunError(length > size ? 'it is no safetensors file' : 'its header is too large');
    }
    const header = new Uint8Array(Math.min(8 + length, size));
    await readFully(handle, header, 0);
    return { metadata: parseSafetensorsHeader(header, size).metadata, bytes: size };
  } finally {
    await handle.close();
  }
}
