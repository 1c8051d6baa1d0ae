import { mkdir, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseSpecification } from '../../../src/protocol/specification';
import { branchPoint, branchRun } from '../../../src/runs/branch';
import { encodeCheckpoint, type Checkpoint } from '../../../src/runs/checkpointFile';
import { checkpointFileName, CheckpointStore, readCheckpoint } from '../../../src/runs/checkpoints';
import { temporaryFolder } from '../support/temporaryFolder';

const SLICE_BYTES = 1024 * 1024;

function checkpoint(epoch: number, tensors: Checkpoint['tensors']): Checkpoint {
  return {
    ...{ step: 40, epoch, runId: 'a'.repeat(32), seed: 7, metrics: { 'test/loss': NaN }, tensors },
    specification: parseSpecification({ model: { family: 'vae' }, training: { epochs: 4 } }),
  };
}

async function written(epoch: number, values = Float32Array.of(1, 2)): Promise<string> {
  const tensors: Checkpoint['tensors'] = new Map([
    ['w', { dtype: 'F32', shape: [values.length], data: values }],
    ['none', { dtype: 'F32', shape: [0], data: new Float32Array(0) }],
    ['count', { dtype: 'I32', shape: [], data: Int32Array.of(3) }],
  ]);
  const file = path.join(await temporaryFolder(), 'step-00000040.safetensors');
  await writeFile(file, Buffer.concat(encodeCheckpoint(checkpoint(epoch, tensors))));
  return file;
}

/** A checkpoint of ours whose last value is another one than was written. */
async function damaged(epoch: number): Promise<string> {
  const file = await written(epoch);
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
  return file;
}

async function emptyFolder(): Promise<string> {
  const runs = path.join(await temporaryFolder(), 'runs');
  await mkdir(runs);
  return runs;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** How many bytes each read of any file asks for. */
async function sizesOfReads(): Promise<number[]> {
  const handle = await open(import.meta.filename);
  const all = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const sizes: number[] = [];
  const { read } = all;
  const spy = vi.spyOn(all, 'read').mockImplementation(function (this: typeof handle, ...given: unknown[]) {
    sizes.push(Number(given[2]));
    return Reflect.apply(read, this, given) as ReturnType<typeof read>;
  } as typeof read);
  onTestFinished(() => spy.mockRestore());
  return sizes;
}

describe('a checkpoint that a run is to start from', () => {
  it('says by its header alone how far it is, however much lies behind that', async () => {
    expect(await branchPoint(await damaged(2.5))).toEqual({ step: 40, epochs: 4, done: false });
    expect(await branchPoint(await damaged(4))).toEqual({ step: 40, epochs: 4, done: true });
    await expect(branchPoint('/nowhere.safetensors')).rejects.toThrow('cannot be used');
  });

  it('is held to its checksum before there is a run', async () => {
    const runs = await emptyFolder();
    await expect(branchRun(runs, await damaged(2))).rejects.toThrow('checksum');
    expect(await readdir(runs)).toEqual([]);
  });

  it('is the same in its run, byte for byte but for whose it is', async () => {
    const file = await written(2);
    const run = await branchRun(await emptyFolder(), file);
    const { id } = await run.readRecord();
    const [name, ...others] = await readdir(run.checkpointsPath);
    const copy = path.join(run.checkpointsPath, name ?? '');
    expect([name, ...others]).toEqual([checkpointFileName(40)]);
    expect(await readFile(copy)).toEqual(
      Buffer.concat(encodeCheckpoint({ ...(await readCheckpoint(file)), runId: id })),
    );
  });

  it('is read a slice at a time, never whole, since the window waits for who reads it', async () => {
    const values = Float32Array.from({ length: SLICE_BYTES }, (_, i) => i);
    const file = await written(2, values);
    const sizes = await sizesOfReads();
    const run = await branchRun(await emptyFolder(), file);
    expect(Math.max(...sizes)).toBe(SLICE_BYTES);
    // Its store looks through it likewise, for who wants to train a finished run longer.
    const store = new CheckpointStore(run, (await run.readRecord()).specification.checkpoints);
    const { id } = await run.readRecord();
    expect((await store.newestChecked(id))?.step).toBe(40);
    expect(Math.max(...sizes)).toBe(SLICE_BYTES);
    const copy = await readCheckpoint(path.join(run.checkpointsPath, checkpointFileName(40)));
    expect(Buffer.compare(bytesOf(copy.tensors.get('w')!.data), bytesOf(values))).toBe(0);
  });

  it('that changes while it is copied leaves no run behind', async () => {
    const file = await written(2, new Float32Array(SLICE_BYTES));
    const runs = await emptyFolder();
    const adopt = vi.spyOn(CheckpointStore.prototype, 'adopt').mockImplementationOnce(async function (
      this: CheckpointStore,
      ...given
    ) {
      const handle = await open(file, 'r+');
      await handle.write(Uint8Array.of(1), 0, 1, (await handle.stat()).size - 8);
      await handle.close();
      return this.adopt(...given);
    });
    onTestFinished(() => adopt.mockRestore());
    await expect(branchRun(runs, file)).rejects.toThrow('checksum');
    expect(await readdir(runs)).toEqual([]);
  });

  it('that becomes shorter while it is copied is named, not only the copy, and leaves no run behind', async () => {
    const file = await written(2, new Float32Array(SLICE_BYTES));
    const runs = await emptyFolder();
    const adopt = vi.spyOn(CheckpointStore.prototype, 'adopt').mockImplementationOnce(async function (
      this: CheckpointStore,
      ...given
    ) {
      await truncate(file, SLICE_BYTES);
      return this.adopt(...given);
    });
    onTestFinished(() => adopt.mockRestore());
    await expect(branchRun(runs, file)).rejects.toThrow(`The checkpoint ${file} cannot be used: it became shorter`);
    expect(await readdir(runs)).toEqual([]);
  });

  it('whose newest copy is damaged is not the newest that can be used', async () => {
    const run = await branchRun(await emptyFolder(), await written(2));
    const { id, specification } = await run.readRecord();
    const store = new CheckpointStore(run, specification.checkpoints);
    await store.write({ ...(await readCheckpoint(await written(2))), step: 41, runId: id });
    expect((await store.newestChecked(id))?.step).toBe(41);
    const newest = path.join(run.checkpointsPath, checkpointFileName(41));
    const bytes = await readFile(newest);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(newest, bytes);
    expect((await store.newestChecked(id))?.step).toBe(40);
  });
});
