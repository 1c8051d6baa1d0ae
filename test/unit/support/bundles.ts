import * as esbuild from 'esbuild';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..', '..');

/**
 * The trainer and the command line, bundled from the sources as they are now, for tests that run them as processes. They
 * lie two folders below the root, where they find `node_modules` as a bundle in `dist` finds what lies beside it.
 */
export async function bundlePrograms(): Promise<{
  trainer: string;
  cli: string;
  batchWorker: string;
  imageDecoder: string;
  remove(): Promise<void>;
}> {
  const folder = path.join(root, 'test-results', `programs-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const [trainer, cli, batchWorker, imageDecoder] = ['trainer', 'cli', 'batchWorker', 'imageDecoder'].map((name) =>
    path.join(folder, `${name}.cjs`),
  ) as [string, string, string, string];
  const options = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' } as const;
  await Promise.all([
    esbuild.build({ ...options, entryPoints: [path.join(root, 'src/trainer/main.ts')], outfile: trainer }),
    esbuild.build({ ...options, entryPoints: [path.join(root, 'src/cli/main.ts')], outfile: cli }),
    esbuild.build({ ...options, entryPoints: [path.join(root, 'src/data/batchWorker.ts')], outfile: batchWorker }),
    esbuild.build({
      ...{ ...options, external: ['sharp'] },
      entryPoints: [path.join(root, 'src/data/images/decoder.ts')],
      outfile: imageDecoder,
    }),
  ]);
  return { trainer, cli, batchWorker, imageDecoder, remove: () => rm(folder, { recursive: true, force: true }) };
}
