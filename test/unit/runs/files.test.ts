import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFiles, removeLeftovers, writeFileAtomically, type FileOperations } from '../../../src/runs/files';
import { failingFiles, type Fault } from './support/failingFiles';
import { temporaryFolder } from './support/runs';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('writeFileAtomically', () => {
  it('puts all chunks in place, replacing what was there', async () => {
    const target = path.join(await temporaryFolder(), 'file');
    await writeFileAtomically(target, [bytes('old')]);
    await writeFileAtomically(target, [bytes('new '), bytes(''), bytes('content')]);
    expect(await readFile(target, 'utf8')).toBe('new content');
  });

  it('continues after a short write until everything is written', async () => {
    const target = path.join(await temporaryFolder(), 'file');
    const oneByteAtATime: FileOperations = {
      ...nodeFiles,
      async create(path) {
        const file = await nodeFiles.create(path);
        return { ...file, write: (chunk) => file.write(chunk.subarray(0, 1)) };
      },
    };
    await writeFileAtomically(target, [bytes('byte by byte')], oneByteAtATime);
    expect(await readFile(target, 'utf8')).toBe('byte by byte');
  });

  it('keeps the old content or has the whole new one, whichever operation fails', async () => {
    const probe = failingFiles();
    await writeFileAtomically(path.join(await temporaryFolder(), 'file'), [bytes('a'), bytes('b')], probe);
    expect(probe.operations).toEqual(['create', 'write', 'write', 'sync', 'close', 'rename', 'syncFolder']);
    const faults: Fault[] = probe.operations.flatMap((name, at) => [
      { at, code: 'EIO' as const },
      { at, code: 'ENOSPC' as const },
      ...(name === 'write' ? [{ at, code: 'ENOSPC' as const, short: true }] : []),
    ]);
    for (const fault of faults) {
      const folder = await temporaryFolder();
      const target = path.join(folder, 'file');
      await writeFileAtomically(target, [bytes('old')]);
      // With one-byte chunks a short write takes nothing, which must be an error too and no endless loop.
      const failure = writeFileAtomically(target, [bytes('new1'), bytes('new2')], failingFiles(fault));
      await expect(failure, JSON.stringify(fault)).rejects.toMatchObject({ code: fault.code });
      const renamed = probe.operations[fault.at] === 'syncFolder';
      expect(await readFile(target, 'utf8'), JSON.stringify(fault)).toBe(renamed ? 'new1new2' : 'old');
      expect(await readdir(folder), JSON.stringify(fault)).toEqual(['file']);
    }
  });

  it('says which file, why and what to do when the disk is full', async () => {
    const target = path.join(await temporaryFolder(), 'file');
    const failure = writeFileAtomically(target, [bytes('x')], failingFiles({ at: 1, code: 'ENOSPC' }));
    await expect(failure).rejects.toThrow(
      `${target} could not be written: the disk is full. Free some space there and try again.`,
    );
    // For those who say it in words of their own.
    await expect(failure).rejects.toMatchObject({ code: 'ENOSPC', path: target });
  });

  it('takes a system that writes nothing for a full disk instead of trying for ever', async () => {
    const target = path.join(await temporaryFolder(), 'file');
    const stuck: FileOperations = {
      ...nodeFiles,
      create: async (path) => ({ ...(await nodeFiles.create(path)), write: () => Promise.resolve(0) }),
    };
    await expect(writeFileAtomically(target, [bytes('x')], stuck)).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it('hands over no more at a time than a call of Node takes', async () => {
    const sizes: number[] = [];
    const write = ({ length }: Uint8Array) => Promise.resolve(sizes.push(length) && length);
    const nowhere: FileOperations = {
      ...nodeFiles,
      create: async (path) => ({ ...(await nodeFiles.create(path)), write }),
    };
    const large = new Uint8Array(2 ** 31 + 5); // whose memory nobody touches
    await writeFileAtomically(path.join(await temporaryFolder(), 'file'), [large], nowhere);
    expect(sizes).toEqual([2 ** 30, 2 ** 30, 5]);
  });
});

describe('removeLeftovers', () => {
  it('removes what a killed writer left and nothing else', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, '.tmp-0123456789abcdef'), 'half');
    await writeFile(path.join(folder, '.tmp-mine'), 'not ours');
    await mkdir(path.join(folder, '.tmp-fedcba9876543210'));
    await removeLeftovers(folder);
    expect((await readdir(folder)).sort()).toEqual(['.tmp-fedcba9876543210', '.tmp-mine']);
  });
});
