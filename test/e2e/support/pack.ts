import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const checkout = path.join(import.meta.dirname, '..', '..', '..');

/** Packs the extension as `npm run package` does. Resolves with the file; rejects with what the script said. */
export async function packExtension(): Promise<string> {
  const file = path.join(checkout, 'test-results', 'latent-studio.vsix');
  await promisify(execFile)(process.execPath, [path.join(checkout, 'scripts', 'package.mjs'), '--out', file]);
  return file;
}
