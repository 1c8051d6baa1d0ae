import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { findProductFiles } from './binding';
import { lastLines, runCommand } from './command';
import { TensorFlowSetupError } from './error';

/**
 * Windows, UNTESTED: TensorFlow's wheels for Windows contain no library that the binding could be linked with, so this
 * runs TensorFlow.js' own install script, which downloads libtensorflow 2.9.1 and a compiled binding from Google's
 * storage into the package's folder. Only a checkout has that folder; the packaged product says so and uses
 * WebAssembly.
 */
export async function runPackageInstall(signal?: AbortSignal): Promise<{ binding: string; libraryFolder: string }> {
  const { sources } = await findProductFiles();
  if (!sources) {
    throw new TensorFlowSetupError(
      'platform',
      'On Windows, native TensorFlow can be set up only from a checkout of Latent Studio.',
      'Training uses WebAssembly. With WSL, native TensorFlow is available, too.',
    );
  }
  const root = path.dirname(sources);
  const tools = path.join(root, '..', '..', '.bin');
  const result = await runCommand(process.execPath, [path.join(root, 'scripts', 'install.js'), 'cpu', 'download'], {
    signal,
    folder: root,
    environment: { ...process.env, PATH: [tools, process.env['PATH']].join(path.delimiter), ELECTRON_RUN_AS_NODE: '1' },
  });
  const binding = await findBinding(path.join(root, 'lib'));
  if (result.code === 0 && binding) return { binding, libraryFolder: path.join(root, 'deps', 'lib') };
  throw new TensorFlowSetupError(
    'download',
    `TensorFlow.js’ own install script failed:\n${lastLines(result.stderr)}`,
    'Training uses WebAssembly meanwhile.',
  );
}

/** `lib/napi-v8/tfjs_binding.node`; the number depends on the Node that ran the script. */
async function findBinding(folder: string): Promise<string | undefined> {
  const found = await readdir(folder, { recursive: true }).catch(() => []);
  const name = found.find((file) => path.basename(file) === 'tfjs_binding.node');
  return name && path.join(folder, name);
}
