// Puts the compiled binding to TensorFlow where a package takes it from: <outdir>/<platform>-<arch>/tfjs_binding.node.
//   node scripts/build-binding.mjs [--outdir FOLDER]
// It is the one that the setup of TensorFlow compiles here from the sources in @tensorflow/tfjs-node-gpu: Node-API and
// TensorFlow's C interface only, so one file for every Node and for the user's own TensorFlow.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from './lib/build.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { setUpTensorFlow } from './lib/tensorflow.mjs';

await runMain(async () => {
  const { values } = parseArgs({ options: { outdir: { type: 'string', default: inRoot('dist', 'native') } } });
  if (!existsSync(inRoot('dist', 'cli.cjs'))) await build();
  if (!(await setUpTensorFlow())) throw new Problem('Without TensorFlow its binding cannot be compiled.');
  const cli = inRoot('dist', 'cli.cjs');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'tensorflow', 'status', '--json']);
  const { location } = JSON.parse(stdout);
  const target = path.resolve(values.outdir, `${process.platform}-${process.arch}`, 'tfjs_binding.node');
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(location.binding, target);
  process.stdout.write(`${target}\n`);
});
