import path from 'node:path';
import { readBounded } from '../runs/boundedRead';

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
/** A name inside `.git`: no empty parts, no dots that lead out. */
const REFERENCE = /^ref: (refs(\/[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*)+)$/;
const LARGEST_FILE = 4 * 1024 * 1024;

/**
 * The commit checked out in the repository that contains a folder, read from `.git` as data: nothing of a repository is
 * executed, so no hook or setting of it takes effect. Undefined outside a repository, and for unsupported layouts.
 */
export async function gitCommit(folder: string): Promise<string | undefined> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const head = await read(path.join(at, '.git', 'HEAD'));
    if (head !== undefined) return resolveHead(path.join(at, '.git'), head);
    if (at === path.dirname(at)) return undefined;
  }
}

async function resolveHead(git: string, head: string): Promise<string | undefined> {
  if (COMMIT.test(head)) return head;
  const reference = REFERENCE.exec(head)?.[1];
  if (reference === undefined) return undefined;
  const loose = await read(path.join(git, reference));
  if (loose !== undefined) return COMMIT.test(loose) ? loose : undefined;
  const packed = (await read(path.join(git, 'packed-refs'))) ?? '';
  const line = packed.split('\n').find((candidate) => candidate.endsWith(` ${reference}`));
  const commit = line?.split(' ')[0];
  return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
}

/** The trimmed text of a regular file of reasonable size; undefined for anything else. */
async function read(file: string): Promise<string | undefined> {
  return readBounded(file, LARGEST_FILE).then(
    (bytes) => new TextDecoder().decode(bytes).trim(),
    () => undefined,
  );
}
