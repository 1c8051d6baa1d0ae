import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TensorService } from '../src/tensors/service';
import { pairedRatio, type Report } from './report';

const REPETITIONS = 3;
/** 10 GB in 2,000 tensors, as a large language model has them; on disk it takes no room. */
const TENSORS = 2_000;
const TENSOR_BYTES = 5_000_000;
/** 100 MB of float32. */
const ELEMENTS = 25_000_000;
/** What the extension host may not be kept from answering for. */
const LONGEST_TURN = 50;

/** The same with the usual Python libraries: names, types and shapes; then the statistics and the histogram of a tensor. */
const PEER = `
import sys, time
import numpy as np
from safetensors import safe_open
begin = time.perf_counter()
with safe_open(sys.argv[1], framework="numpy") as file:
    rows = [(name, (part := file.get_slice(name)).get_dtype(), part.get_shape()) for name in file.keys()]
header = time.perf_counter() - begin
assert len(rows) == int(sys.argv[3])
begin = time.perf_counter()
with safe_open(sys.argv[2], framework="numpy") as file:
    values = file.get_tensor("weight")
finite = values[np.isfinite(values)]
facts = [finite.min(), finite.max(), finite.mean(dtype=np.float64), finite.std(dtype=np.float64)]
facts += [(values == 0).sum(), np.isnan(values).sum(), np.histogram(finite, bins=64)[0]]
print(header * 1000, (time.perf_counter() - begin) * 1000)
`;

/** Opening a file of 10 GB, and the statistics of 100 MB, in the thread that the editor uses. */
export async function checkpoint(programs: string, python: string | undefined): Promise<Report> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latent-bench-'));
  const [large, tensor] = [path.join(folder, 'large.safetensors'), path.join(folder, 'tensor.safetensors')];
  const ours: Record<'header' | 'statistics', number[]> = { header: [], statistics: [] };
  const theirs: Record<'header' | 'statistics', number[]> = { header: [], statistics: [] };
  let longest = 0;
  try {
    await writeLarge(large);
    await writeTensor(tensor);
    for (let i = 0; i < REPETITIONS; i++) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      // What kept the thread before counts to the first turn.
      await sleep(20);
      delay.reset();
      const { header, statistics } = await readOurselves(large, tensor, path.join(programs, 'tensorWorker.cjs'));
      delay.disable();
      longest = Math.max(longest, delay.max / 1e6);
      ours.header.push(header);
      ours.statistics.push(statistics);
      if (python === undefined) continue;
      const parameters = ['-c', PEER, large, tensor, String(TENSORS)];
      const { stdout } = await promisify(execFile)(python, parameters);
      const [peerHeader, peerStatistics] = stdout.trim().split(' ').map(Number) as [number, number];
      theirs.header.push(peerHeader);
      theirs.statistics.push(peerStatistics);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const known = python !== undefined;
  return {
    title: 'Files of tensors, milliseconds',
    figures: {
      'a 10 GB file to its table, the start of the thread included': ours.header,
      ...(known && { 'safetensors for Python: names, types and shapes of the same': theirs.header }),
      'statistics and histogram of 100 MB of float32': ours.statistics,
      ...(known && { 'safetensors and NumPy: the same': theirs.statistics }),
    },
    ratios: known
      ? {
          'opening, ours to Python’s': pairedRatio(ours.header, theirs.header),
          'statistics, ours to NumPy’s': pairedRatio(ours.statistics, theirs.statistics),
        }
      : {},
    notes: [
      `The asking thread was never kept for longer than ${longest.toFixed(0)} ms (${LONGEST_TURN} are allowed).`,
      ...(known ? [] : ['Python’s safetensors are not set up here: node scripts/setup-peers.mjs says why.']),
    ],
  };
}

async function readOurselves(large: string, tensor: string, worker: string) {
  const service = new TensorService(worker);
  try {
    let begin = performance.now();
    const { tensors } = await service.ask({ type: 'open', file: 'large', path: large });
    if (tensors !== TENSORS) throw new Error(`${tensors} of ${TENSORS} tensors were listed.`);
    const header = performance.now() - begin;
    await service.ask({ type: 'open', file: 'tensor', path: tensor });
    begin = performance.now();
    const { elements } = await service.ask({ type: 'statistics', file: 'tensor', tensor: 0 });
    if (elements !== ELEMENTS) throw new Error(`${elements} of ${ELEMENTS} values were read.`);
    return { header, statistics: performance.now() - begin };
  } finally {
    service.dispose();
  }
}

function headerOf(entries: Record<string, unknown>): Buffer {
  const text = Buffer.from(JSON.stringify(entries));
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(text.length);
  return Buffer.concat([prefix, text]);
}

/** Only the header takes room: the data are a hole of the file system. */
async function writeLarge(file: string): Promise<void> {
  const entries = Array.from({ length: TENSORS }, (_, i) => {
    const data_offsets = [i * TENSOR_BYTES, (i + 1) * TENSOR_BYTES];
    return [`model.layers.${i >> 4}.part.${i & 15}.weight`, { dtype: 'F16', shape: [1000, 2500], data_offsets }];
  });
  const header = headerOf(Object.fromEntries(entries));
  await writeFile(file, header);
  await truncate(file, header.length + TENSORS * TENSOR_BYTES);
}

async function writeTensor(file: string): Promise<void> {
  const handle = await open(file, 'w');
  const data_offsets = [0, ELEMENTS * 4];
  await handle.write(headerOf({ weight: { dtype: 'F32', shape: [5000, 5000], data_offsets } }));
  const chunk = new Float32Array(ELEMENTS / 10);
  let state = 1;
  for (let part = 0; part < 10; part++) {
    for (let i = 0; i < chunk.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      chunk[i] = state / 2 ** 31 - 1;
    }
    await handle.write(new Uint8Array(chunk.buffer));
  }
  await handle.close();
}
