import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { encodeSafetensors, type SafetensorsType, type TensorData } from '../../../src/formats/safetensors';
import { openTensorFile } from '../../../src/tensors/open';
import { closeTensorFile, readable, type TensorFile } from '../../../src/tensors/tensorFile';
import { temporaryFolder } from '../support/temporaryFolder';

export const idle = new AbortController().signal;

/** Opens a file for the length of a test. */
export async function openForTest(file: string): Promise<TensorFile> {
  const opened = await openTensorFile(file);
  onTestFinished(() => closeTensorFile(opened));
  return opened;
}

export function float32(shape: readonly number[], values: Iterable<number>): TensorData {
  return { dtype: 'F32', shape, data: new Uint8Array(Float32Array.from(values).buffer) };
}

export function tensor(dtype: SafetensorsType, shape: readonly number[], values: ArrayBufferView): TensorData {
  return { dtype, shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

export async function writeSafetensors(
  tensors: Readonly<Record<string, TensorData>>,
  metadata: Readonly<Record<string, string>> = {},
  file?: string,
): Promise<string> {
  const target = file ?? path.join(await temporaryFolder(), 'a.safetensors');
  await writeFile(target, Buffer.concat(encodeSafetensors(new Map(Object.entries(tensors)), metadata)));
  return target;
}

/** The one tensor of a file that is written for it. */
export async function stored(data: TensorData) {
  return readable(await openForTest(await writeSafetensors({ t: data })), 0);
}

export function named(file: TensorFile, name: string) {
  return readable(
    file,
    file.tensors.findIndex((each) => each.name === name),
  );
}
