import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { encodeEventRecord, FILE_VERSION } from '../src/formats/tfevents';
import { LogService } from '../src/runs/logService';
import { pairedRatio, type Report } from './report';

const POINTS = 1_000_000;
const REPETITIONS = 3;

/** The class that scripts usually read logs with, configured to keep every point. */
const PEER = `
import sys, time
from tensorboard.backend.event_processing import event_accumulator as reader
begin = time.perf_counter()
log = reader.EventAccumulator(sys.argv[1], size_guidance=reader.STORE_EVERYTHING_SIZE_GUIDANCE)
log.Reload()
assert len(log.Scalars("loss")) == int(sys.argv[2])
print((time.perf_counter() - begin) * 1000)
`;

/** From opening a log of a million scalars to having them all as columns. */
export async function logs(programs: string, python: string | undefined): Promise<Report> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latent-bench-'));
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    await writeFile(path.join(folder, 'events.out.tfevents.1.bench'), millionScalars());
    for (let i = 0; i < REPETITIONS; i++) {
      ours.push(await readOurselves(folder, path.join(programs, 'logWorker.cjs')));
      if (python === undefined) continue;
      const { stdout } = await promisify(execFile)(python, ['-c', PEER, folder, String(POINTS)]);
      theirs.push(Number(stdout));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return {
    title: `Reading a log of ${POINTS.toLocaleString('en')} scalars, milliseconds`,
    figures: {
      'our log worker, its start included': ours,
      ...(python && { 'TensorBoard’s EventAccumulator': theirs }),
    },
    ratios: python === undefined ? {} : { 'ours to EventAccumulator': pairedRatio(ours, theirs) },
    notes: python === undefined ? ['TensorBoard is not set up here: node scripts/setup-peers.mjs says why.'] : [],
  };
}

async function readOurselves(folder: string, worker: string): Promise<number> {
  const begin = performance.now();
  const service = new LogService(worker);
  try {
    service.open(folder);
    const { scalars } = await service.snapshot(folder);
    const points = scalars.find(({ tag }) => tag === 'loss')?.steps.length;
    if (points !== POINTS) throw new Error(`${points} of ${POINTS} points were read.`);
    return performance.now() - begin;
  } finally {
    service.dispose();
  }
}

function millionScalars(): Uint8Array {
  const records = [encodeEventRecord({ kind: 'fileVersion', version: FILE_VERSION, step: 0, wallTime: 1 })];
  for (let step = 0; step < POINTS; step++) {
    const values = [{ kind: 'scalar' as const, tag: 'loss', value: Math.exp(-step / 2e5) }];
    records.push(encodeEventRecord({ kind: 'summary', step, wallTime: 1 + step / 100, values }));
  }
  return Buffer.concat(records);
}
