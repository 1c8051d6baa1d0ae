import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { control } from '../../../src/process/control';
import { scanRuns } from '../../../src/runs/scan';
import { parseSpecification, type Specification, type SpecificationInput } from '../../../src/protocol/specification';

/**
 * A temporary folder with a `runs` folder and a small data set, and a runtime folder of its own, so that the sockets of a
 * test are not those of the user.
 */
export interface Workspace {
  readonly folder: string;
  readonly runs: string;
  readonly data: string;
  remove(): Promise<void>;
}

export async function createWorkspace(): Promise<Workspace> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latent-'));
  const [runs, data, runtime] = ['runs', 'data', 'runtime'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [runs, data, runtime]) await mkdir(made, { mode: 0o700 });
  await writeDataset(data);
  const before = process.env['XDG_RUNTIME_DIR'];
  process.env['XDG_RUNTIME_DIR'] = runtime;
  return {
    folder,
    runs,
    data,
    remove: async () => {
      await stopTrainers(runs);
      if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
      else process.env['XDG_RUNTIME_DIR'] = before;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A test that failed may have left trainers behind, which would outlive it. */
async function stopTrainers(runs: string): Promise<void> {
  for (const listing of await scanRuns(runs)) {
    if (listing.kind !== 'run') continue;
    const trainer = { id: listing.record.id, expectedPath: listing.path };
    await control(trainer, 'stop', { checkpoint: false }).catch(() => undefined); // as a rule there is none
  }
}

/** 96 training and 32 test images of 6 × 6 pixels, half of each image white: there is something to learn. */
async function writeDataset(folder: string): Promise<void> {
  for (const [name, count] of [
    ['train', 96],
    ['t10k', 32],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * 36 }, (_, i) => {
      const [image, pixel] = [Math.floor(i / 36), i % 36];
      return (image % 2 === 0 ? pixel % 6 : Math.floor(pixel / 6)) < 3 ? 255 : 0;
    });
    const labels = Uint8Array.from({ length: count }, (_, image) => image % 2);
    await writeFile(path.join(folder, `${name}-images-idx3-ubyte`), idx([count, 6, 6], pixels));
    await writeFile(path.join(folder, `${name}-labels-idx1-ubyte`), idx([count], labels));
  }
}

/** The bytes of an idx file of unsigned bytes. */
export function idx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x0800 + shape.length);
  shape.forEach((size, axis) => header.setUint32(4 + 4 * axis, size));
  return Buffer.concat([new Uint8Array(header.buffer), data]);
}

/** A VAE of a few hundred numbers on that data set: six steps an epoch, a millisecond each. */
export function tinySpecification({ data }: Workspace, changes: Partial<SpecificationInput> = {}): Specification {
  return parseSpecification({
    name: 'tiny',
    model: { family: 'vae', network: { kind: 'mlp', hidden: [8] }, latent: 2 },
    data: { set: 'idx', path: data },
    training: { epochs: 10, batch: 16 },
    engine: { backend: 'wasm' },
    ...changes,
  });
}
