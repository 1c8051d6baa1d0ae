import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../common/systemError';
import { writeFileAtomically } from '../runs/files';

export type Chunks = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/**
 * Writes a command's output to the file that the user named, atomically: on failure the old file stays. Pipes and
 * devices, which cannot be replaced, are written to directly. Throws with the reason and advice.
 */
export async function writeOut(file: string, chunks: Chunks): Promise<void> {
  try {
    if (await isReplaced(file)) {
      // A link is kept, and its target replaced.
      const target = await realpath(file).catch(() => path.resolve(file));
      await writeFileAtomically(target, inBytes(chunks));
    } else {
      await writeInto(file, chunks);
    }
  } catch (error) {
    throw new Error(
      `${file} cannot be written: ${reasonOf(error)}. Correct that, or choose another place with --out.`,
      {
        cause: error,
      },
    );
  }
}

/** Whether a name is that of a regular file, or does not exist yet. */
export async function isReplaced(file: string): Promise<boolean> {
  return stat(file).then(
    (stats) => stats.isFile(),
    () => true,
  );
}

const CHUNK_CHARACTERS = 1 << 20;

/** Short texts are collected into larger writes. */
async function* inBytes(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let text = '';
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') text += chunk;
    if (typeof chunk === 'string' && text.length < CHUNK_CHARACTERS) continue;
    if (text !== '') yield Buffer.from(text);
    text = '';
    if (typeof chunk !== 'string') yield chunk;
  }
  if (text !== '') yield Buffer.from(text);
}

async function writeInto(file: string, chunks: Chunks): Promise<void> {
  const handle = await open(file, 'w');
  try {
    // Unlike a bare write, this continues until all is written, or fails.
    for await (const bytes of inBytes(chunks)) await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}
