import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSpecification } from '../../../src/protocol/specification';
import { branchPoint, branchRun } from '../../../src/runs/branch';
import { encodeCheckpoint } from '../../../src/runs/checkpointFile';
import { temporaryFolder } from '../support/temporaryFolder';

/** A checkpoint of ours whose last value is another one than was written. */
async function damaged(epoch: number): Promise<string> {
  const chunks = encodeCheckpoint({
    ...{ step: 40, epoch, runId: 'a'.repeat(32), seed: 0, metrics: {} },
    specification: parseSpecification({ model: { family: 'vae' }, training: { epochs: 4 } }),
    tensors: new Map([['w', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]),
  });
  const file = path.join(await temporaryFolder(), 'step-00000040.safetensors');
  await writeFile(file, Buffer.concat(chunks));
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
  return file;
}

describe('a checkpoint that a run shall begin with', () => {
  it('says by its header alone how far it is, however much lies behind that', async () => {
    expect(await branchPoint(await damaged(2.5))).toEqual({ step: 40, epochs: 4, done: false });
    expect(await branchPoint(await damaged(4))).toEqual({ step: 40, epochs: 4, done: true });
    await expect(branchPoint('/nowhere.safetensors')).rejects.toThrow('cannot be used');
  });

  it('is held to its checksum before there is a run', async () => {
    const runs = path.join(await temporaryFolder(), 'runs');
    await mkdir(runs);
    await expect(branchRun(runs, await damaged(2))).rejects.toThrow('checksum');
    expect(await readdir(runs)).toEqual([]);
  });
});
