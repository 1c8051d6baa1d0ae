// Trains the digit classifier in whose features samples are compared with data: media/classifiers/digits.safetensors.
import * as esbuild from 'esbuild';
import { build } from './lib/build.mjs';
import { runShown } from './lib/children.mjs';
import { inRoot } from './lib/paths.mjs';
import { runMain } from './lib/problem.mjs';
import { setUpTensorFlow } from './lib/tensorflow.mjs';

await runMain(async () => {
  await build();
  await setUpTensorFlow();
  const program = inRoot('dist', 'train-classifier.cjs');
  await esbuild.build({
    entryPoints: [inRoot('scripts', 'lib', 'trainClassifier.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  const out = inRoot('media', 'classifiers', 'digits.safetensors');
  process.exitCode = await runShown(process.execPath, [program, out, inRoot('dist', 'data')]);
});
