import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder with the data that come with the product: `data` beside the bundle, `node_modules` in a checkout. */
export function assetsFolder(): string {
  const bundled = path.join(__dirname, 'data');
  return existsSync(bundled) ? bundled : path.join(__dirname, '..', '..', 'node_modules');
}

/** The program of the thread that prepares large data sets. */
export const batchWorker = () => path.join(__dirname, 'batchWorker.cjs');
