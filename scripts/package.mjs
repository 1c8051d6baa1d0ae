// Packs the extension for Linux x64: latent-studio-linux-x64-<version>.vsix in the checkout.
//   node scripts/package.mjs [--out FILE]
// The package is assembled in a separate folder, so that nothing is included by accident: the programs as built for
// production, the library that decodes images, the prebuilt binding, data, icons, examples, licences and words.
// TensorFlow's library is never inside.
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './lib/build.mjs';
import { runShown } from './lib/children.mjs';
import { checkCheckout } from './lib/checkout.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { runLogged, step } from './lib/steps.mjs';

const target = 'linux-x64';
const largest = 25_000_000;
const words = ['README.md', 'CHANGELOG.md', 'LICENSE', 'THIRD_PARTY_NOTICES.md'];

const imageLibrary = [
  ...['sharp', '@img/colour', 'detect-libc', 'semver'],
  ...[`@img/sharp-${target}`, `@img/sharp-libvips-${target}`],
];

/** The manifest without the parts that only a checkout needs: everything is bundled or copied. */
async function manifest() {
  const { scripts, devDependencies, dependencies, bin, type, ...kept } = JSON.parse(
    await readFile(inRoot('package.json'), 'utf8'),
  );
  void [scripts, devDependencies, dependencies, bin, type];
  return { ...kept, files: ['**'] };
}

/**
 * Copies sharp and what it needs beside the bundle that decodes images: native code for one platform, which cannot be bundled.
 * In dist, since vsce leaves out a node_modules at the top.
 */
async function copyImageLibrary(dist) {
  for (const name of imageLibrary) {
    const from = inRoot('node_modules', ...name.split('/'));
    // Sources for other platforms and declarations are of no use at run time.
    const filter = (file) =>
      !/^(src|install|lib\/glib-2.0)$|\.(d\.[cm]?ts|mjs|map)$/.test(path.relative(from, file).replaceAll('\\', '/'));
    await cp(from, path.join(dist, 'node_modules', ...name.split('/')), { recursive: true, dereference: true, filter });
  }
}

async function assemble(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const dist = path.join(folder, 'dist');
  await build(['--production', '--outdir', dist]);
  await step('Compiling the binding', async () => {
    const script = inRoot('scripts', 'build-binding.mjs');
    if ((await runShown(process.execPath, [script, '--outdir', path.join(dist, 'native')])) !== 0) {
      throw new Problem('The binding to TensorFlow could not be built.', { why: 'See the messages above.' });
    }
  });
  await copyImageLibrary(dist);
  for (const name of words) await cp(inRoot(name), path.join(folder, name));
  for (const name of ['media', 'examples', 'licenses'])
    await cp(inRoot(name), path.join(folder, name), { recursive: true });
  await cp(inRoot('docs', 'images'), path.join(folder, 'docs', 'images'), { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(await manifest(), null, 2));
}

/** The files that the extension's bundle was made of, as recorded by the build. */
async function extensionParts(dist) {
  const { outputs } = JSON.parse(await readFile(path.join(dist, 'meta', 'extension.cjs.json'), 'utf8'));
  return Object.keys(outputs).map((name) => path.relative(dist, inRoot(name)));
}

/** Refuses a package with forbidden or missing files. */
async function check(folder) {
  const files = await readdir(path.join(folder, 'dist'), { recursive: true });
  const libraries = files.filter((name) => /libtensorflow/.test(name));
  if (libraries.length > 0) throw new Problem(`TensorFlow’s library must not be packaged: ${libraries.join(', ')}`);
  const needed = [
    ...(await extensionParts(path.join(folder, 'dist'))),
    ...[
      'trainer.cjs',
      'batchWorker.cjs',
      'imageDecoder.cjs',
      'cli.cjs',
      'logWorker.cjs',
      'tensorWorker.cjs',
      'webview/run.js',
      'webview/charts.js',
      'webview/checkpoint.js',
    ],
    ...imageLibrary.map((name) => `node_modules/${name}/package.json`),
    ...[`native/${target}/tfjs_binding.node`, 'wasm/tfjs-backend-wasm-simd.wasm', 'data/mnist/train-images-idx3-ubyte'],
  ];
  const missing = needed.filter((name) => !files.includes(path.normalize(name)));
  if (missing.length > 0) throw new Problem(`The package would be missing ${missing.join(', ')}.`);
}

await runMain(async () => {
  checkCheckout();
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  if (`${process.platform}-${process.arch}` !== target) {
    throw new Problem(`The package for ${target} is made on ${target}: its binding is compiled here.`);
  }
  const { version } = JSON.parse(await readFile(inRoot('package.json'), 'utf8'));
  const out = path.resolve(values.out ?? inRoot(`latent-studio-${target}-${version}.vsix`));
  const folder = inRoot('test-results', 'package');
  await assemble(folder);
  await check(folder);
  await rm(path.join(folder, 'dist', 'meta'), { recursive: true });
  await step('Packing', () =>
    runLogged({
      command: process.execPath,
      parameters: [
        inRoot('node_modules', '@vscode', 'vsce', 'vsce'),
        ...['package', '--no-dependencies', '--target', target, '--out', out],
        ...['--allow-missing-repository', '--no-rewrite-relative-links'],
      ],
      cwd: folder,
      log: inRoot('test-results', 'package.log'),
    }),
  );
  const { size } = await stat(out);
  if (size >= largest) throw new Problem(`${out} has ${size} bytes; fewer than ${largest} are allowed.`);
  process.stdout.write(`${out}: ${(size / 1e6).toFixed(1)} MB\n`);
});
