import { open } from 'node:fs/promises';
import { onTestFinished, vi } from 'vitest';

/**
 * Has every read of a file give as much as it asks for, without a look at the disk. Returns what is asked for from now
 * on, in bytes.
 */
export async function readsOfNothing(): Promise<number[]> {
  const handle = await open(import.meta.filename);
  const all = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const sizes: number[] = [];
  const spy = vi.spyOn(all, 'read').mockImplementation(((buffer: Uint8Array, _: number, length: number) => {
    sizes.push(length);
    return Promise.resolve({ bytesRead: length, buffer });
  }) as typeof all.read);
  onTestFinished(() => spy.mockRestore());
  return sizes;
}
