import { readFile, rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { cacheFolder } from './cache';
import type { TensorFlowLocation } from './location';
import { makeFolder } from './makeFolder';

/** Prefers fewer threads if they are nearly as fast, which leaves cores to other processes. */
const WORTH_IT = 0.95;
/** Number of programs whose measurements are kept; the oldest is dropped first. */
const MOST_KEPT = 500;

const recordSchema = z.record(
  z.string(),
  z.object({ threads: z.int().min(1), milliseconds: z.record(z.string(), z.number()) }),
);
type Measurements = z.output<typeof recordSchema>;

/** The program to run, and a measurement of its step time with a number of threads. */
export interface ThreadMeasurement {
  /** Identifies the program by everything that affects the work of a step. */
  readonly program: string;
  /** Milliseconds per step. */
  readonly measure: (threads: number) => Promise<number>;
}

/**
 * The number of threads per operation, by measurement: one is often faster than two for small layers. Measured once per
 * machine, TensorFlow and program, and cached. If measuring fails, and with a GPU, it is the number of cores.
 */
export async function chooseThreads(
  location: TensorFlowLocation,
  { program, measure }: ThreadMeasurement,
): Promise<number> {
  const cores = os.availableParallelism();
  if (cores === 1 || location.device === 'gpu') return cores;
  const key = [program, location.version, os.cpus()[0]?.model ?? process.arch, `${cores} cores`].join(' · ');
  const known = (await readMeasurements())[key];
  if (known) return known.threads;
  try {
    const milliseconds: Record<string, number> = {};
    for (const threads of candidates(cores)) milliseconds[threads] = await measure(threads);
    const threads = fewestWorthIt(milliseconds);
    const measured = { ...(await readMeasurements()), [key]: { threads, milliseconds } };
    // Without a writable cache, the next run measures again.
    await writeMeasurements(measured).catch(() => undefined);
    return threads;
  } catch {
    return cores;
  }
}

/** 1, 2, 4, … and all cores. */
export function candidates(cores: number): number[] {
  const powers = Array.from({ length: Math.ceil(Math.log2(cores)) }, (_, power) => 2 ** power);
  return [...powers, cores];
}

/** The smallest number of threads that is nearly the fastest. */
export function fewestWorthIt(milliseconds: Readonly<Record<string, number>>): number {
  const best = Math.min(...Object.values(milliseconds));
  const threads = Object.keys(milliseconds).map(Number);
  return Math.min(...threads.filter((count) => milliseconds[count]! * WORTH_IT <= best));
}

const measurementsFile = () => path.join(cacheFolder(), 'threads.json');

async function readMeasurements(): Promise<Measurements> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(measurementsFile(), 'utf8')));
  } catch {
    return {};
  }
}

async function writeMeasurements(measurements: Measurements): Promise<void> {
  const file = measurementsFile();
  await makeFolder(path.dirname(file));
  const beside = `${file}.${process.pid}`;
  const kept = Object.fromEntries(Object.entries(measurements).slice(-MOST_KEPT));
  await writeFile(beside, JSON.stringify(kept, undefined, 2));
  await rename(beside, file);
}
