import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageLoading } from '../../../../src/data';
import { decodeFiles } from '../../../../src/data/images/decodeFiles';
import { dataSchema, type DataSpecification } from '../../../../src/protocol/dataSpecification';
import { encodePng } from '../../../../src/formats/png';

/** A specification's `data` for a folder of images. */
export function imageData(folder: string, changes: Partial<DataSpecification> = {}): DataSpecification {
  return dataSchema.parse({ set: 'images', path: folder, size: 8, channels: 1, ...changes });
}

/** Writes PNGs of 8 × 8 pixels; the gray value of each is its place in the list. */
export async function writeImages(folder: string, files: readonly string[]): Promise<void> {
  for (const [value, file] of files.entries()) {
    const location = path.join(folder, file);
    await mkdir(path.dirname(location), { recursive: true });
    await writeFile(location, encodePng({ width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(value) }));
  }
}

/** Loading that decodes in this process, and counts how often it does. */
export function loadingInto(cache: string, changes: Partial<ImageLoading> = {}): ImageLoading & { decoded: number } {
  const loading = {
    cache,
    memory: 2 ** 33,
    decoded: 0,
    decode: (job: Parameters<ImageLoading['decode']>[0]) => {
      loading.decoded += 1;
      return decodeFiles({ ...job, onProgress: () => undefined });
    },
    ...changes,
  };
  return loading;
}
