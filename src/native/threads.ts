import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { cacheFolder } from './cache';
import { runBinding } from './child';
import type { TensorFlowLocation } from './location';

/** What a training step mostly does; the best number of threads differs. */
export type Workload = 'dense' | 'convolutional';

/** A choice that is nearly as fast with fewer threads leaves cores to everybody else. */
const WORTH_IT = 0.95;

const recordSchema = z.record(
  z.string(),
  z.object({ threads: z.int().min(1), milliseconds: z.record(z.string(), z.number()) }),
);
type Measurements = z.output<typeof recordSchema>;

/**
 * How many threads an operation should use here, by measurement: one is often faster than two for small layers. Measured
 * once for a machine, a TensorFlow and a workload, which takes about a second for each number tried, and kept in the cache.
 * Where measuring fails, and with a GPU, it is the number of cores.
 */
export async function chooseThreads(
  location: TensorFlowLocation,
  workload: Workload,
  signal?: AbortSignal,
): Promise<number> {
  const cores = os.availableParallelism();
  if (cores === 1 || location.device === 'gpu') return cores;
  const key = [workload, location.version, os.cpus()[0]?.model ?? process.arch, `${cores} cores`].join(' · ');
  const known = (await readMeasurements())[key];
  if (known) return known.threads;
  try {
    const milliseconds: Record<string, number> = {};
    for (const threads of candidates(cores)) milliseconds[threads] = await measure(location, workload, threads, signal);
    const threads = fewestWorthIt(milliseconds);
    await writeMeasurements({ ...(await readMeasurements()), [key]: { threads, milliseconds } });
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

/** The fewest threads whose time is nearly the best. */
export function fewestWorthIt(milliseconds: Readonly<Record<string, number>>): number {
  const best = Math.min(...Object.values(milliseconds));
  const threads = Object.keys(milliseconds).map(Number);
  return Math.min(...threads.filter((count) => milliseconds[count]! * WORTH_IT <= best));
}

async function measure(
  location: TensorFlowLocation,
  workload: Workload,
  threads: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const answer = await runBinding(STEP, location, { threads, signal, parameters: [workload] });
  return z.number().positive().parse(answer);
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
  await mkdir(path.dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, JSON.stringify(measurements, undefined, 2));
  await rename(beside, file);
}

/** Median milliseconds of the operations that dominate a step at batch 128: products or convolutions, and Adam's. */
const STEP = `
const type = (name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
const flag = (name, value) => ({ name, type: binding.TF_ATTR_BOOL, value });
const ints = (name, value) => ({ name, type: binding.TF_ATTR_INT, value });
const text = (name, value) => ({ name, type: binding.TF_ATTR_STRING, value });
const size = (shape) => shape.reduce((a, b) => a * b, 1);
const tensor = (shape) => binding.createTensor(shape, binding.TF_FLOAT, new Float32Array(size(shape)).fill(0.01));
const shapeOf = (shape) => binding.createTensor([shape.length], binding.TF_INT32, Int32Array.from(shape));
const run = (name, attributes, inputs) => {
  const [output] = binding.executeOp(name, [type('T'), ...attributes], inputs, 1);
  binding.deleteTensor(output.id);
};
const product = (a, b, left, right) => run('MatMul', [flag('transpose_a', left), flag('transpose_b', right)], [a, b]);
const convolution = [
  ints('strides', [1, 2, 2, 1]), text('padding', 'SAME'), text('data_format', 'NHWC'),
  flag('use_cudnn_on_gpu', true), ints('dilations', [1, 1, 1, 1]),
];

const layers = process.argv[2] === 'dense'
  ? [[784, 400], [400, 40], [20, 400], [400, 784]].map(([from, to]) => {
      const [x, w, y] = [tensor([128, from]), tensor([from, to]), tensor([128, to])];
      return () => { product(x, w, false, false); product(y, w, false, true); product(x, y, true, false); };
    })
  : [[28, 1, 32], [14, 32, 64], [14, 32, 64], [28, 1, 32]].map(([length, from, to]) => {
      const [shape, filter] = [[128, length, length, from], [4, 4, from, to]];
      const [x, w, y] = [tensor(shape), tensor(filter), tensor([128, length / 2, length / 2, to])];
      const [xShape, wShape] = [shapeOf(shape), shapeOf(filter)];
      return () => {
        run('Conv2D', convolution, [x, w]);
        run('Conv2DBackpropInput', convolution, [xShape, w, y]);
        run('Conv2DBackpropFilter', convolution, [x, wShape, y]);
      };
    });
const weights = tensor(process.argv[2] === 'dense' ? [784, 400] : [3136, 20]);
const adam = () => {
  for (let i = 0; i < 2; i++) {
    for (const name of ['Sub', 'Mul', 'AddV2', 'Sub', 'Mul', 'AddV2', 'AddV2', 'Mul', 'Sub']) run(name, [], [weights, weights]);
    for (const name of ['Square', 'Sqrt']) run(name, [], [weights]);
    for (const name of ['RealDiv', 'RealDiv']) run(name, [], [weights, weights]);
  }
};
const step = () => { for (const layer of layers) layer(); adam(); };

const times = [];
const end = performance.now() + 700;
while (performance.now() < end || times.length < 8) {
  const start = performance.now();
  step();
  times.push(performance.now() - start);
}
answer(times.slice(2).sort((a, b) => a - b)[(times.length - 2) >> 1]);
`;
