import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { DIMENSIONS } from './vectors';

/** What TensorBoard's projector takes for the same vectors, in the same browser; milliseconds. */
export interface Projector {
  /** From the page's request until the points and their principal components are there. */
  readonly load: number;
  /** From the click on Run until the button is enabled again. Uses at most 5,000 points: larger sets are sampled. */
  readonly umap: number;
}

const START_MILLISECONDS = 60_000;
const LIMIT_MILLISECONDS = 420_000;
const CONFIGURATION = 'embeddings {\n  tensor_name: "latents"\n  tensor_path: "vectors.tsv"\n}\n';

/** @param python that has TensorBoard */
export async function measureProjector(browser: Browser, python: string, vectors: Float32Array): Promise<Projector> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latent-projector-'));
  const count = vectors.length / DIMENSIONS;
  const lines = Array.from({ length: count }, (_, i) =>
    vectors.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS).join('\t'),
  );
  await writeFile(path.join(folder, 'vectors.tsv'), `${lines.join('\n')}\n`);
  await writeFile(path.join(folder, 'projector_config.pbtxt'), CONFIGURATION);
  const parameters = ['-m', 'tensorboard.main', '--logdir', folder, '--host', '127.0.0.1', '--port', '0'];
  const server = spawn(python, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const address = await addressOf(server.stderr);
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT_MILLISECONDS);
    try {
      const begun = performance.now();
      // The projector alone, without the frame of TensorBoard's other tabs.
      await page.goto(`${address}/data/plugin/projector/projector_binary.html`);
      await page.getByText('Total variance described').waitFor({ state: 'attached' });
      const load = performance.now() - begun;
      await page.getByText('UMAP', { exact: true }).first().click();
      const run = page.locator('#run-umap');
      const started = performance.now();
      await run.click();
      await page.waitForTimeout(1_000);
      await until(() => run.isEnabled());
      return { load, umap: performance.now() - started };
    } finally {
      await context.close();
    }
  } finally {
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where the server says that it listens; it chooses a free port by itself. */
function addressOf(stderr: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`TensorBoard did not start: ${said}`)), START_MILLISECONDS);
    stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /http:\/\/[\d.:]+/.exec(said)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!(await done())) {
    if (performance.now() - begun > LIMIT_MILLISECONDS) throw new Error('It did not end within seven minutes.');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
