import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { encodeNpy } from '../../../src/formats/npy';
import { Deferred } from '../../../src/common/deferred';
import type { TensorMessage } from '../../../src/protocol/tensors';
import { TensorServer } from '../../../src/tensors/server';
import { TensorService } from '../../../src/tensors/service';
import { temporaryFolder } from '../support/temporaryFolder';
import { float32, writeSafetensors } from './support';

let program = '';

beforeAll(async () => {
  const entryPoints = [path.join(import.meta.dirname, '../../../src/tensors/worker.ts')];
  const result = await build({ entryPoints, bundle: true, platform: 'node', format: 'cjs', write: false });
  program = result.outputFiles[0]!.text;
});

async function startService(source = program): Promise<TensorService> {
  const script = path.join(await temporaryFolder(), 'worker.cjs');
  await writeFile(script, source);
  const service = new TensorService(script);
  onTestFinished(() => service.dispose());
  return service;
}
const open = (service: TensorService, file: string, key = 'k') => service.ask({ type: 'open', file: key, path: file });

describe('TensorService', () => {
  it('opens HDF5 and answers about it as about other files', async () => {
    const service = await startService();
    const fixtures = path.join(import.meta.dirname, '../../fixtures/hdf5');
    const summary = await open(service, path.join(fixtures, 'keras.weights.h5'));
    const rows = JSON.parse(new TextDecoder().decode(summary.table)) as {
      name: string;
      shape: number[];
      type: string;
    }[];
    expect(summary).toMatchObject({ format: 'HDF5', tensors: rows.length });
    const tensor = rows.findIndex(({ name }) => name === 'layers/dense/vars/0');
    expect(rows[tensor]).toMatchObject({ shape: [4, 3], type: 'F32' });
    const { values } = (
      JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8')) as Record<
        string,
        Record<string, { values: number[] }>
      >
    )['keras.weights.h5']!['layers/dense/vars/0']!;
    const query = { leading: [], row: 0, column: 0, rows: 9, columns: 9 };
    expect([...(await service.ask({ type: 'slice', file: 'k', tensor, query })).values]).toEqual(values);
    const { mean, minimum } = await service.ask({ type: 'statistics', file: 'k', tensor });
    expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 12);
    expect(minimum).toBe(Math.min(...values));
  });

  it('says of what is not read what it is and what to do', async () => {
    const service = await startService();
    const file = path.join(await temporaryFolder(), 'model.safetensors');
    await writeFile(file, Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(64, 1)]));
    await expect(open(service, file)).rejects.toThrow(/^This is a GGUF model .*Open the safetensors files/);
  });

  it('opens files and answers about them', async () => {
    const service = await startService();
    const file = await writeSafetensors({ b: float32([2], [3, 4]), a: float32([1], [1]) }, { format: 'pt' });
    const summary = await open(service, file);
    expect(summary).toMatchObject({ format: 'safetensors', tensors: 2, parameters: 3, metadata: { format: 'pt' } });
    const rows = JSON.parse(new TextDecoder().decode(summary.table)) as { name: string }[];
    const tensor = rows.findIndex(({ name }) => name === 'b');
    expect(await service.ask({ type: 'statistics', file: 'k', tensor })).toMatchObject({ norm: 5, elements: 2 });
    const query = { leading: [], row: 0, column: 0, rows: 9, columns: 9 };
    expect((await service.ask({ type: 'slice', file: 'k', tensor, query })).values).toEqual(Float64Array.of(3, 4));
    await open(service, file, 'other');
    const others = [{ file, step: 7 }];
    expect(await service.ask({ type: 'norms', file: 'k', tensor, others })).toEqual({
      steps: Float64Array.of(7),
      norms: Float64Array.of(5),
    });
    const progress: number[] = [];
    const asked = { type: 'compare', file: 'k', other: 'other' } as const;
    const { what } = await service.ask(asked, { onProgress: (done) => progress.push(done) });
    expect(what).toEqual(Uint8Array.of(0, 0));
    expect(progress.length).toBeGreaterThan(0);
  });

  it('measures many tensors in one answer, and says of which it cannot', async () => {
    const service = await startService();
    await open(service, await writeSafetensors({ a: float32([2], [3, 4]), b: float32([1], [-1]) }));
    const { each, counts } = await service.ask({ type: 'statisticsOfMany', file: 'k', tensors: [1, 7, 0] });
    expect(each).toMatchObject([
      { statistics: { mean: -1, bins: 64 } },
      { problem: expect.stringContaining('no longer exists') },
      { statistics: { mean: 3.5, norm: 5, bins: 64 } },
    ]);
    expect(counts).toHaveLength(128);
    const own = counts.subarray(64);
    expect([own[0], own[63]]).toEqual([1, 1]);
  });

  it('follows a norm only through the checkpoints of one run, whatever lies beside them', async () => {
    const service = await startService();
    const of = (run: string, value: number) => writeSafetensors({ w: float32([1], [value]) }, { run });
    await open(service, await of('mine', 1));
    const others = [
      { file: await of('mine', 2), step: 1 },
      { file: await of('another', 3), step: 2 },
    ];
    const { steps, norms } = await service.ask({ type: 'norms', file: 'k', tensor: 0, others });
    expect([[...steps], [...norms]]).toEqual([[1], [2]]);
  });

  it('opens bytes that are on no disk', async () => {
    const service = await startService();
    const bytes = encodeNpy({ shape: [2], data: Float32Array.of(1, 2) });
    const summary = await service.ask({ type: 'open', file: 'k', path: 'a.npy', bytes });
    expect(summary).toMatchObject({ format: 'NumPy array', tensors: 1 });
  });

  it('gives a long table in parts, none of which is long', async () => {
    const service = await startService();
    const names = Array.from({ length: 20_000 }, (_, i) => `model.layers.${i}.self_attn.q_proj.weight`);
    const file = await writeSafetensors(Object.fromEntries(names.map((name) => [name, float32([1], [0])])));
    const { table, tensors } = await open(service, file);
    expect(tensors).toBe(names.length);
    const rows: { name: string }[] = [];
    let part = table;
    let parts = 0;
    for (; part.length > 2; parts++) {
      expect(part.length).toBeLessThan(600_000);
      rows.push(...(JSON.parse(new TextDecoder().decode(part)) as { name: string }[]));
      ({ table: part } = await service.ask({ type: 'rows', file: 'k', from: rows.length }));
    }
    expect(parts).toBeGreaterThan(3);
    expect(rows.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  it('stops opening a file in the middle of its header when cancelled, and reports its activity', async () => {
    const entries = Array.from({ length: 400_000 }, (_, i) => `"${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`);
    const header = Buffer.from(`{${entries.join(',')},"x"`);
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(header.length);
    const file = path.join(await temporaryFolder(), 'a.safetensors');
    await writeFile(file, Buffer.concat([prefix, header]));
    const said: TensorMessage[] = [];
    const halt = new SharedArrayBuffer(4);
    const ended = new Deferred<void>();
    const server = new TensorServer((message) => {
      said.push(message);
      if (message.type !== 'progress') ended.resolve();
      else if (message.activity?.startsWith('Looking')) new Int32Array(halt)[0] = 1;
    });
    server.handle({ type: 'open', id: 1, file: 'k', path: file, halt });
    await ended.promise;
    expect(said[0]).toMatchObject({ activity: 'Reading the header: 0 of 23 MB' });
    // At its end the header is damaged, which would be said of it.
    expect(said.at(-1)).toEqual({ type: 'failure', id: 1, message: 'It was cancelled.' });
  });

  it('cancels opening in a thread that receives no messages', async () => {
    const service = await startService(`
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ type, id, halt }) => {
        if (type === 'open') {
          parentPort.postMessage({ type: 'progress', id, done: 0, activity: 'Looking' });
          while (Atomics.load(new Int32Array(halt), 0) === 0);
        }
        if (type !== 'ping') parentPort.postMessage({ type: 'answer', id, value: type });
      });`);
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('Closed.'));
    const opening = service.ask({ type: 'open', file: 'k', path: 'a' }, { signal: controller.signal, onProgress });
    await expect(opening).rejects.toThrow('Closed.');
    expect(await service.ask({ type: 'rows', file: 'k', from: 0 })).toBe('rows');
  });

  it('names what is wrong, and continues', async () => {
    const service = await startService();
    await expect(open(service, '/nowhere.safetensors')).rejects.toThrow('It does not exist.');
    await expect(service.ask({ type: 'statistics', file: 'k', tensor: 0 })).rejects.toThrow('not open');
    await open(service, await writeSafetensors({ a: float32([1], [1]) }));
    await expect(service.ask({ type: 'statistics', file: 'k', tensor: 9 })).rejects.toThrow('no longer exists');
    service.close('k');
    await expect(service.ask({ type: 'statistics', file: 'k', tensor: 0 })).rejects.toThrow('not open');
  });

  it('cancels at once, and ends the work', async () => {
    const service = await startService();
    const large = new Float32Array(40_000_000);
    await open(
      service,
      await writeSafetensors({ a: { dtype: 'F32', shape: [large.length], data: new Uint8Array(large.buffer) } }),
    );
    const controller = new AbortController();
    const asked = service.ask({ type: 'statistics', file: 'k', tensor: 0 }, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await expect(
      service.ask({ type: 'statistics', file: 'k', tensor: 0 }, { signal: controller.signal }),
    ).rejects.toThrow('enough');
  });

  it('ends a thread that a file keeps busy without an end, and lets one that only works go on', async () => {
    const stuck = `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ type, id, path }) => {
      if (path === 'stuck') for (;;);
      if (type === 'ping') parentPort.postMessage({ type: 'pong' });
      if (path === 'slow') setTimeout(() => parentPort.postMessage({ type: 'answer', id, value: {} }), 400);
    });`;
    const script = path.join(await temporaryFolder(), 'worker.cjs');
    await writeFile(script, stuck);
    const service = new TensorService(script, 20);
    onTestFinished(() => service.dispose());
    expect(await open(service, 'slow')).toEqual({});
    await expect(open(service, 'stuck')).rejects.toThrow('a file kept it busy for too long');
    expect(await open(service, 'slow')).toEqual({});
  });

  it('rejects pending requests when its thread ends, and restarts with the next one', async () => {
    const dies = `require('node:worker_threads').parentPort.on('message', ({ path }) => {
      if (path === 'die') process.exit(3);
    });`;
    const service = await startService(dies);
    let ends = 0;
    service.onEnd(() => ends++);
    await expect(open(service, 'die')).rejects.toThrow('it exited with code 3. Load the file again.');
    await expect(open(service, 'die')).rejects.toThrow('it exited with code 3');
    expect(ends).toBe(2);
    service.dispose();
    await expect(open(service, 'a')).rejects.toThrow('has been closed');
  });
});
