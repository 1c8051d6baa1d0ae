import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of the data sets that are shipped: `data` beside the bundle, `node_modules` in a checkout. */
export function assetsFolder(): string {
  const bundled = path.join(__dirname, 'data');
  return existsSync(bundled) ? bundled : path.join(__dirname, '..', '..', 'node_modules');
}

/** Weights of the classifier in whose features samples are compared: beside the folder of the bundle, or in the checkout. */
export function classifierFile(): string {
  const file = path.join('media', 'classifiers', 'digits.safetensors');
  const bundled = path.join(__dirname, '..', file);
  return existsSync(bundled) ? bundled : path.join(__dirname, '..', '..', file);
}

/** The program that decodes images. */
export const imageDecoder = () => path.join(__dirname, 'imageDecoder.cjs');

/** The program of the thread that prepares large data sets. */
export const batchWorker = () => path.join(__dirname, 'batchWorker.cjs');
