import { existsSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { Problem } from './problem.mjs';

/** Rejects an unsuitable Node.js or checkout, before anything fails with a less clear message. */
export function checkCheckout() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Problem(`Node.js ${process.versions.node} is too old.`, { next: 'Install Node.js 20.19 or newer.' });
  }
  if (!existsSync(inRoot('node_modules', 'esbuild'))) {
    throw new Problem('The packages of this checkout are not installed.', { next: 'Run: npm ci' });
  }
}
