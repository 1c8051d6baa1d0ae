import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { initialValue } from '../../src/engine/initialValues';
import { normals, uniforms } from '../../src/engine/random/philox';
import { trainedBy, variablesOf, type BenchmarkModel } from './models/model';
import type { DataDeclaration, NoiseDeclaration } from './models/model';
import { decodeNpy, encodeNpy, type FloatArray } from './npy';

/** Batches that steps take in turn. */
const BATCHES = 8;
/** Steps of the check, with noise that is given. */
export const CHECKED_STEPS = 3;
const SEED = 1;
/** The counter of the philox draws below. */
const DATA = 7;

/** The part of `model.json` that Node's contenders read. */
const descriptionSchema = z.object({
  trained: z.record(z.string(), z.array(z.string())),
  weights: z.array(z.object({ name: z.string() })),
});

/** What all contenders start from, read from a folder that every language can read. */
export interface Exchange {
  readonly weights: ReadonlyMap<string, FloatArray>;
  /** Names of weights, by the loss that trains them. */
  readonly trained: Readonly<Record<string, readonly string[]>>;
  /** By input: [batches, …shape] cut into batches. */
  readonly inputs: Readonly<Record<string, readonly FloatArray[]>>;
  /** By draw, one a checked step. */
  readonly noise: Readonly<Record<string, readonly FloatArray[]>>;
}

/**
 * Writes `model.json` (names, trained variables, optimizer) and the arrays `weights/NAME.npy`, `inputs/NAME.npy` and
 * `noise/NAME.npy`; the first axis of the latter two counts batches.
 */
export async function writeExchange(folder: string, model: BenchmarkModel): Promise<void> {
  const { name, optimizer, inputs, noise } = model;
  const variables = variablesOf(model);
  for (const part of ['weights', 'inputs', 'noise']) await mkdir(path.join(folder, part), { recursive: true });
  const write = (part: string, array: string, value: FloatArray) =>
    writeFile(path.join(folder, part, `${array}.npy`), encodeNpy(value));
  for (const variable of variables) {
    const data = initialValue({ ...variable, dtype: 'float32' }, SEED) as Float32Array;
    await write('weights', variable.name, { shape: variable.shape, data });
  }
  for (const [stream, [input, declared]] of Object.entries(inputs).entries()) {
    await write('inputs', input, dataOf(declared, stream));
  }
  for (const [stream, [draw, declared]] of Object.entries(noise).entries()) {
    await write('noise', draw, noiseOf(declared, 100 + stream));
  }
  const trained = trainedBy(model, variables);
  const settings = model.family ? model.settings : undefined;
  const description = { name, trained, optimizer, settings, inputs: Object.keys(inputs), noise, weights: variables };
  await writeFile(path.join(folder, 'model.json'), JSON.stringify(description));
}

export async function readExchange(folder: string, model: BenchmarkModel): Promise<Exchange> {
  const read = async (part: string, name: string) => decodeNpy(await readFile(path.join(folder, part, `${name}.npy`)));
  const cut = async (part: string, names: readonly string[]) =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, alongFirstAxis(await read(part, name))] as const)),
    );
  const description = descriptionSchema.parse(JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8')));
  const weights = new Map<string, FloatArray>();
  for (const { name } of description.weights) weights.set(name, await read('weights', name));
  return {
    weights,
    trained: description.trained,
    inputs: await cut('inputs', Object.keys(model.inputs)),
    noise: await cut('noise', Object.keys(model.noise)),
  };
}

function alongFirstAxis({ shape: [count, ...shape], data }: FloatArray): FloatArray[] {
  const size = data.length / count!;
  return Array.from({ length: count! }, (_, i) => ({ shape, data: data.subarray(i * size, (i + 1) * size) }));
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

function noiseOf({ kind, shape }: NoiseDeclaration, stream: number): FloatArray {
  const all = [CHECKED_STEPS, ...shape];
  const draw = kind === 'normal' ? normals : uniforms;
  return { shape: all, data: Float32Array.from(draw(sizeOf(all), SEED, stream, DATA)) };
}

function dataOf({ kind, shape }: DataDeclaration, stream: number): FloatArray {
  const all = [BATCHES, ...shape];
  const size = sizeOf(all);
  if (kind === 'ring') return { shape: all, data: ring(size) };
  const bytes = Float32Array.from(uniforms(size, SEED, stream, DATA), (value) => Math.floor(value * 256));
  const scale = {
    bytes: (v: number) => v / 255,
    signedBytes: (v: number) => v / 127.5 - 1,
    bits: (v: number) => v & 1,
    levels: (v: number) => v,
  };
  return { shape: all, data: bytes.map(scale[kind]) };
}

/** Eight Gaussians of deviation .02 on the unit circle, in turn. */
function ring(size: number): Float32Array {
  const spread = normals(size, SEED, 0, DATA);
  return Float32Array.from({ length: size }, (_, at) => {
    const angle = ((at >> 1) % 8) * (Math.PI / 4);
    return (at % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + 0.02 * spread[at]!;
  });
}
