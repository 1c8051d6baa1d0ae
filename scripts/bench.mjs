// `npm run bench`: what the product claims of its speed, as ratios measured in one run on this machine.
//   npm run bench -- [watched|logs]… [--json]
import * as esbuild from 'esbuild';
import { build } from './lib/build.mjs';
import { runShown } from './lib/children.mjs';
import { inRoot } from './lib/paths.mjs';
import { setUpPeers } from './lib/peers.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { setUpTensorFlow } from './lib/tensorflow.mjs';

await runMain(async () => {
  await build(['--production']);
  if (!(await setUpTensorFlow())) process.stdout.write('  Without native TensorFlow the figures are of WebAssembly.\n');
  const python = await setUpPeers().catch((error) => {
    if (!(error instanceof Problem)) throw error;
    process.stdout.write(`${error.message}\n`);
    return undefined;
  });
  const program = inRoot('dist', 'bench.cjs');
  await esbuild.build({
    entryPoints: [inRoot('bench', 'index.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  const parameters = [program, '--programs', inRoot('dist'), ...(python ? ['--python', python] : [])];
  process.exitCode = await runShown(process.execPath, [...parameters, ...process.argv.slice(2)]);
});
