// `npm run bench`: what the product claims of its speed, as ratios measured in one run on this machine.
//   npm run bench -- [watched|logs|latent|checkpoint]… [--json]
//   npm run bench -- training [--quick] [--gpu] [--models a,b] [--without a,b] [--threads 1,2] [--chart FILE.svg]
//     [--from RESULT.json] [--json]
import * as esbuild from 'esbuild';
import { build } from './lib/build.mjs';
import { runShown } from './lib/children.mjs';
import { inlineWorker } from './lib/inlineWorker.mjs';
import { inRoot } from './lib/paths.mjs';
import { setUpPeers, setUpTrainingPeers } from './lib/peers.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { setUpTensorFlow } from './lib/tensorflow.mjs';

const given = process.argv.slice(2);
const training = given.includes('training');

/** The main program, and the contenders of the training benchmark that run on Node.js. */
const programs = {
  'bench.cjs': inRoot('bench', 'index.ts'),
  'bench-latent.cjs': inRoot('bench', 'training', 'node', 'latent.ts'),
  'bench-plain.cjs': inRoot('bench', 'training', 'node', 'plain.ts'),
};

/** TensorFlow.js alone has none of the engine's operations; these are the substitutes that models call. */
const plainOperations = {
  name: 'plain-operations',
  setup: (build) =>
    build.onResolve({ filter: /\/engine\/ops$/ }, () => ({ path: inRoot('bench', 'training', 'node', 'plainOps.ts') })),
};

/** Options for the Python interpreters that have the peers. */
async function peers() {
  if (training) {
    if (given.some((parameter) => parameter.startsWith('--from'))) return [];
    return Object.entries(await setUpTrainingPeers()).flatMap(([name, python]) => [`--${name}`, python]);
  }
  try {
    return ['--python', await setUpPeers()];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stdout.write(`${error.message}\n`);
    return [];
  }
}

await runMain(async () => {
  await build(['--production']);
  if (!(await setUpTensorFlow()))
    process.stdout.write('  Without native TensorFlow, the figures are those of WebAssembly.\n');
  const found = await peers();
  for (const [program, entry] of Object.entries(programs)) {
    await esbuild.build({
      entryPoints: [entry],
      outfile: inRoot('dist', program),
      bundle: true,
      platform: 'node',
      target: 'node20',
      // The browser's driver locates its files relative to itself.
      external: ['playwright-core'],
      plugins: program === 'bench-plain.cjs' ? [plainOperations] : [],
      logLevel: 'warning',
    });
  }
  await esbuild.build({
    entryPoints: [inRoot('bench', 'latent', 'jobsPage.ts')],
    outfile: inRoot('dist', 'bench-jobs.js'),
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'chrome128',
    format: 'esm',
    plugins: [inlineWorker],
    logLevel: 'warning',
  });
  const parameters = [inRoot('dist', 'bench.cjs'), '--root', inRoot(), ...found, ...given];
  process.exitCode = await runShown(process.execPath, parameters);
});
