import { lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { readBounded } from './boundedRead';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint, type CheckpointHead } from './checkpointFile';
import { CheckpointSource, MAX_CHECKPOINT_BYTES, orUnusable } from './checkpointSource';
import type { RunDirectory } from './directory';
import { reasonOf, RunError } from './error';
import { isOwnFolder, nodeFiles, writeFileAtomically, type FileOperations } from './files';
import { branchSteps } from './branchSteps';
import { keptCheckpoints } from './keepRule';
import { printable } from './printable';
import type { CheckpointRule, Specification } from '../protocol/specification';

export interface CheckpointInfo extends CheckpointHead {
  /** Name inside the run's `checkpoints` folder. */
  readonly file: string;
  readonly bytes: number;
}

const FILE_NAME = /^step-(\d{8,16})\.safetensors$/;

export function checkpointFileName(step: number): string {
  return `step-${String(step).padStart(8, '0')}.safetensors`;
}

/** What a file's name says; that is looked at no further than to begin with the newest. */
function stepOf(file: string): number {
  return Number(FILE_NAME.exec(file)?.[1] ?? -1);
}

/**
 * Reads a checkpoint file of ours, from any location. Throws {@link RunError} for an unusable one; what can
 * be read is as it was written, by checksum.
 */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  // Its header first: the rest is only loaded into memory for a checkpoint of ours.
  await (await CheckpointSource.open(file)).close();
  return orUnusable(file, async () => decodeCheckpoint(await readBounded(file, MAX_CHECKPOINT_BYTES)));
}

/** What a checkpoint file of ours says before its tensors, which are not read. Throws {@link RunError}. */
export async function readCheckpointHead(
  file: string,
): Promise<CheckpointHead & { readonly specification: Specification }> {
  return CheckpointSource.use(file, ({ head, specification }) => Promise.resolve({ ...head, specification }));
}

/** The checkpoints of one run. Writing requires the run's lock; reading does not. */
export class CheckpointStore {
  /** Cache of headers; a file whose size or time has changed is read again. */
  private readonly known = new Map<string, { stamp: string; info: CheckpointInfo | undefined }>();

  /**
   * @param files how files are written and removed; tests hand in one that fails
   * @param onProblem called when an old checkpoint could not be removed, which does not stop training
   */
  constructor(
    private readonly run: RunDirectory,
    private readonly rule: CheckpointRule,
    private readonly files: FileOperations = nodeFiles,
    private readonly onProblem: (problem: string) => void = () => undefined,
  ) {}

  /**
   * Writes a checkpoint and removes those that the rule does not keep. One of the same step that the user requested stays
   * one that was asked for. Resolves to the file's name once it is on disk for good; when it rejects, earlier checkpoints
   * are as they were, none has been removed, and no half file shows.
   */
  write(checkpoint: Checkpoint): Promise<string> {
    return this.run.inPlace(() => this.place(checkpoint));
  }

  private async place(checkpoint: Checkpoint): Promise<string> {
    await this.makeFolder();
    const file = checkpointFileName(checkpoint.step);
    const replaced = await this.inspect(file);
    const requested = checkpoint.requested || (replaced?.requested && replaced.runId === checkpoint.runId);
    await writeFileAtomically(this.pathOf(file), encodeCheckpoint({ ...checkpoint, requested }), this.files);
    await this.prune(checkpoint.runId, file);
    return file;
  }

  /** All whose head can be read, by step. Never throws for one bad file; {@link RunError} for a folder that is a link. */
  async list(): Promise<CheckpointInfo[]> {
    const found: CheckpointInfo[] = [];
    for (const name of await this.names()) {
      const info = await this.inspect(name);
      if (info !== undefined) found.push(info);
    }
    return found.sort((a, b) => a.step - b.step);
  }

  /** The newest of this run by its head alone; older ones are not looked at. Throws as {@link list} does. */
  async newest(runId: string): Promise<CheckpointInfo | undefined> {
    const names = (await this.names()).sort((a, b) => stepOf(b) - stepOf(a));
    for (const name of names) {
      const info = await this.inspect(name);
      if (info?.runId === runId) return info;
    }
    return undefined;
  }

  /** @param file a name as {@link list} gives it. Throws {@link RunError}. */
  async read(file: string): Promise<Checkpoint> {
    if (!FILE_NAME.test(file)) throw new RunError(`“${printable(file, 100)}” is not the name of a checkpoint.`);
    return readCheckpoint(this.pathOf(file));
  }

  /** The newest intact checkpoint of this run; undefined if there is none. */
  async newestWhole(runId: string): Promise<{ readonly file: string; readonly checkpoint: Checkpoint } | undefined> {
    // A checkpoint of another run, copied there, is not part of this run's history.
    const own = (await this.list()).filter((info) => info.runId === runId);
    for (const { file } of own.reverse()) {
      const checkpoint = await this.read(file).catch(() => undefined);
      if (checkpoint !== undefined) return { file, checkpoint };
    }
    return undefined;
  }

  /** The same without its tensors, which are read in slices, for callers that must not block their thread. */
  async newestChecked(runId: string): Promise<CheckpointInfo | undefined> {
    for (const info of (await this.list()).filter((each) => each.runId === runId).reverse()) {
      const whole = await CheckpointSource.use(this.pathOf(info.file), (source) => source.check()).then(
        () => true,
        () => false,
      );
      if (whole) return info;
    }
    return undefined;
  }

  /**
   * Writes a checkpoint of another run as one of this run, in slices. As {@link write} leaves nothing half done behind;
   * resolves to the file's name.
   */
  async adopt(source: CheckpointSource, runId: string): Promise<string> {
    await this.makeFolder();
    const file = checkpointFileName(source.head.step);
    await writeFileAtomically(this.pathOf(file), source.chunksFor(runId), this.files);
    return file;
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
      const unkept = own.filter((info) => !kept.has(info) && info.file !== justWritten);
      // Other runs are looked into only where something would be removed.
      const branches = unkept.length === 0 ? new Set() : await branchSteps(this.run.path, runId);
      const surplus = unkept.filter(({ step }) => !branches.has(step));
      for (const { file } of surplus) await this.files.remove(this.pathOf(file));
      if (surplus.length > 0) await this.files.syncFolder(this.run.checkpointsPath);
    } catch (error) {
      this.onProblem(`Old checkpoints could not be removed: ${reasonOf(error)}.`);
    }
  }

  private async names(): Promise<string[]> {
    const names = (await isOwnFolder(this.run.checkpointsPath)) ? await readdir(this.run.checkpointsPath) : [];
    return names.filter((name) => FILE_NAME.test(name));
  }

  private async inspect(file: string): Promise<CheckpointInfo | undefined> {
    const stats = await lstat(this.pathOf(file)).catch(() => undefined);
    if (stats === undefined || !stats.isFile()) return undefined;
    const stamp = `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    const before = this.known.get(file);
    if (before?.stamp === stamp) return before.info;
    const head = await CheckpointSource.use(this.pathOf(file), (source) =>
      Promise.resolve({ ...source.head, bytes: source.bytes }),
    ).catch(() => undefined);
    // A file whose name has another step is not part of the run's history.
    const info = head !== undefined && file === checkpointFileName(head.step) ? { ...head, file } : undefined;
    this.known.set(file, { stamp, info });
    return info;
  }
}
