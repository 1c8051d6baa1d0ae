import { availableParallelism } from 'node:os';
import path from 'node:path';
import { errorCode, errorMessage, reasonOf } from '../../common/systemError';
import type { DecodeResult, ImageOptions } from '../../protocol/imageJobs';
import { decodeImage } from './decodeImage';
import { RowsWriter } from './rowsFile';

/** Images that are being decoded or wait for their turn in the order of the file: enough to keep all cores busy. */
const AT_A_TIME = 4 * availableParallelism();
const LONGEST_REASON = 200;

export interface DecodeOptions {
  readonly root: string;
  readonly files: readonly string[];
  readonly options: ImageOptions;
  readonly key: string;
  readonly out: string;
  readonly onProgress: (done: number, total: number) => void;
}

/** Decodes files into a new file of rows. Rejects with errors of writing; files that cannot be decoded are noted in it. */
export async function decodeFiles({
  root,
  files,
  options,
  key,
  out,
  onProgress,
}: DecodeOptions): Promise<DecodeResult> {
  const writer = new RowsWriter(out, options.height * options.width * options.channels, key);
  try {
    let position = 0;
    for await (const image of inOrder(files, (file) => tried(path.join(root, file), options))) {
      if (typeof image === 'string') writer.skip(position, image);
      else writer.add(image);
      onProgress(++position, files.length);
    }
    writer.finish();
    return { decoded: writer.count, skipped: files.length - writer.count };
  } finally {
    writer.close();
  }
}

/** The decoded image, or why there is none. */
export function tried(file: string, options: ImageOptions): Promise<Uint8Array | string> {
  return decodeImage(file, options).catch(reasonWords);
}

/** Results of some calls at a time, in the order of `items`. */
async function* inOrder<Item, Result>(
  items: readonly Item[],
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  const running: Promise<Result>[] = [];
  for (const item of items) {
    running.push(start(item));
    if (running.length === AT_A_TIME) yield await running.shift()!;
  }
  for (const result of running) yield await result;
}

/** Why a file cannot be decoded, without a full stop. */
function reasonWords(error: unknown): string {
  if (errorCode(error) !== undefined) return reasonOf(error);
  const first = errorMessage(error).split('\n')[0]!.replace(/\.$/, '').trim();
  if (/unsupported image format/.test(first)) return 'it is damaged, or no PNG, JPEG, WebP, GIF or BMP image';
  return first.replace(/^Vips\w+: /, '').slice(0, LONGEST_REASON);
}
