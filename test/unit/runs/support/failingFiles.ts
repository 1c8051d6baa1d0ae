import { nodeFiles, type FileOperations } from '../../../../src/runs/files';

export interface Fault {
  /** Which call fails, counted from 0 over all kinds of operation. */
  readonly at: number;
  readonly code: 'EIO' | 'ENOSPC';
  /** A write takes half of the bytes before the next one fails. */
  readonly short?: boolean;
}

/** The real file system, except that one operation fails; `operations` tells what was called. */
export function failingFiles(fault?: Fault): FileOperations & { readonly operations: string[] } {
  const operations: string[] = [];
  let failNextWrite = false;
  const step = (name: string): void => {
    operations.push(name);
    if (operations.length - 1 === fault?.at && !(fault.short && name === 'write')) raise(name);
  };
  const raise = (name: string): never => {
    throw Object.assign(new Error(`${fault!.code}: ${name}`), { code: fault!.code });
  };
  return {
    operations,
    async create(path) {
      step('create');
      const file = await nodeFiles.create(path);
      return {
        async write(bytes) {
          step('write');
          if (failNextWrite) raise('write');
          if (fault?.short && operations.length - 1 === fault.at) {
            failNextWrite = true;
            return file.write(bytes.subarray(0, bytes.length >> 1));
          }
          return file.write(bytes);
        },
        async sync() {
          step('sync');
          await file.sync();
        },
        async truncate(length) {
          step('truncate');
          await file.truncate(length);
        },
        async close() {
          await file.close();
          step('close');
        },
      };
    },
    async rename(from, to) {
      step('rename');
      await nodeFiles.rename(from, to);
    },
    async remove(path) {
      step('remove');
      await nodeFiles.remove(path);
    },
    async syncFolder(path) {
      step('syncFolder');
      await nodeFiles.syncFolder(path);
    },
  };
}
