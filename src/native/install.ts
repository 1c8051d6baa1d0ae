import { rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage } from '../common/systemError';
import { provideBinding } from './binding';
import { cacheFolder } from './cache';
import { fetchWheel, type ProgressListener } from './download';
import { asSetupError, TensorFlowSetupError, throwIfCancelled } from './error';
import { withInstallLock } from './installLock';
import {
  chosenLibraryFolder,
  encodeManifest,
  librariesIn,
  locateTensorFlow,
  MANIFEST,
  setupFolder,
  type TensorFlowLocation,
  type TensorFlowSource,
} from './location';
import { makeCacheFolder } from './makeFolder';
import { runPackageInstall } from './packageInstall';
import { findInstalledTensorFlow, findPython, type Python } from './python';
import { selfTest } from './selfTest';
import { unpackWheel } from './unpack';
import { unsupportedReason, wheelFor } from './wheels';

export interface InstallOptions {
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
  /** The Python to use, a machine setting. */
  readonly python?: string;
}

/**
 * Sets up native TensorFlow and returns its location. Libraries are taken from the folder that LATENT_STUDIO_TENSORFLOW
 * names, else from the user's own Python package, else from a wheel downloaded by pip. Each finished stage is kept, so
 * an interrupted setup continues where it stopped; a second concurrent setup waits for the first. Throws
 * TensorFlowSetupError.
 */
export async function installTensorFlow(options: InstallOptions = {}): Promise<TensorFlowLocation> {
  const { onProgress = () => undefined, signal } = options;
  const ready = await locateTensorFlow();
  if (ready) return ready;
  const obstacle = unsupportedReason();
  if (obstacle) throw new TensorFlowSetupError('platform', obstacle, 'Training uses WebAssembly on this system.');

  const waiting = (pid: number) =>
    onProgress({ stage: 'wait', message: `Another process (${pid}) is setting TensorFlow up; waiting for it` });
  const cache = cacheFolder();
  try {
    return await withInstallLock(path.join(cache, 'tensorflow.lock'), waiting, signal, async () => {
      const finished = await locateTensorFlow();
      if (finished) return finished;
      const chosen = chosenLibraryFolder();
      if (chosen) return installInPlace('folder', chosen, options);
      return process.platform === 'win32' ? installPackage(options) : installFromPython(options);
    });
  } catch (error) {
    throw asSetupError(error, cache);
  }
}

async function installFromPython(options: InstallOptions): Promise<TensorFlowLocation> {
  const { onProgress, signal } = options;
  onProgress?.({ stage: 'search', message: 'Looking for Python and a TensorFlow in it' });
  const python = await findPython(options.python, signal);
  const installed = python && (await findInstalledTensorFlow(python));
  if (installed) {
    try {
      return await installInPlace('python', installed.libraryFolder, options);
    } catch (error) {
      throwIfCancelled(signal);
      const reason = errorMessage(error);
      onProgress?.({ stage: 'skipped', message: `Python’s TensorFlow ${installed.version} is not used: ${reason}` });
    }
  }
  return installWheel(requirePython(python), options);
}

function requirePython(python: Python | undefined): Python {
  if (python === undefined) {
    throw new TensorFlowSetupError(
      'python',
      'TensorFlow is fetched with Python’s pip, and no python3 was found on the path.',
      'Install Python 3 with pip (Debian, Ubuntu: sudo apt install python3 python3-pip), then start again.',
    );
  }
  if (!python.hasPip) {
    throw new TensorFlowSetupError(
      'pip',
      `TensorFlow is fetched with pip, and ${python.program} (Python ${python.version}) has none.`,
      'Install it (Debian, Ubuntu: sudo apt install python3-pip), then start again.',
    );
  }
  return python;
}

/** Libraries stay where they are; our folder gets links to them and the binding. */
async function installInPlace(
  source: TensorFlowSource,
  libraryFolder: string,
  options: InstallOptions,
): Promise<TensorFlowLocation> {
  const libraries = await librariesIn(libraryFolder);
  if (!libraries) {
    throw new TensorFlowSetupError(
      'library',
      `The folder ${libraryFolder} does not hold TensorFlow’s libraries (libtensorflow_cc and libtensorflow_framework).`,
      'Set LATENT_STUDIO_TENSORFLOW to the folder “tensorflow” of a Python package, or remove it.',
    );
  }
  const staging = `${setupFolder(source)}.new`;
  await rm(staging, { recursive: true, force: true });
  await makeCacheFolder(staging);
  // The binding looks beside itself first, so a process started without the library path finds them too.
  for (const { name } of libraries) await symlink(path.join(libraryFolder, name), path.join(staging, name));
  const binding = await addBinding(staging, libraryFolder, options);
  return finish(source, staging, { binding, libraryFolder }, options);
}

async function installWheel(python: Python, options: InstallOptions): Promise<TensorFlowLocation> {
  const { onProgress = () => undefined, signal } = options;
  const wheel = wheelFor();
  if (!wheel) {
    throw new TensorFlowSetupError(
      'platform',
      `There is no TensorFlow package for ${process.platform} on ${process.arch}.`,
      'Training uses WebAssembly on this system.',
    );
  }
  const staging = `${setupFolder('wheel')}.new`;
  const unpacked = path.join(staging, 'unpacked');
  if (!(await stat(unpacked).catch(() => undefined))) {
    const downloads = path.join(cacheFolder(), 'downloads');
    const file = await fetchWheel(wheel, python, downloads, onProgress, signal);
    onProgress({ stage: 'unpack', message: `Unpacking TensorFlow (${Math.round(wheel.unpackedSize / 1e6)} MB)` });
    await rm(staging, { recursive: true, force: true });
    await unpackWheel(wheel, file, python, staging, signal);
    await writeFile(unpacked, `${wheel.sha256}  ${wheel.file}\n`);
    await rm(downloads, { recursive: true });
  }
  const binding = await addBinding(staging, staging, options);
  return finish('wheel', staging, { binding, libraryFolder: staging }, options);
}

async function installPackage(options: InstallOptions): Promise<TensorFlowLocation> {
  options.onProgress?.({ stage: 'download', message: 'Running TensorFlow.js’ own installation' });
  const installed = await runPackageInstall(options.signal);
  const staging = `${setupFolder('package')}.new`;
  await rm(staging, { recursive: true, force: true });
  await makeCacheFolder(staging);
  return finish('package', staging, installed, options);
}

async function addBinding(staging: string, libraryFolder: string, options: InstallOptions): Promise<string> {
  options.onProgress?.({ stage: 'binding', message: 'Preparing the binding between Node and TensorFlow' });
  const include = path.join(libraryFolder, 'include');
  const headers = (await stat(include).catch(() => undefined)) ? include : undefined;
  return provideBinding(staging, libraryFolder, headers, options.signal);
}

/**
 * Runs the self-test and writes the manifest; then the staging folder is renamed to its final name, which makes it
 * visible atomically.
 */
async function finish(
  source: TensorFlowSource,
  staging: string,
  { binding, libraryFolder }: { binding: string; libraryFolder: string },
  { onProgress, signal }: InstallOptions,
): Promise<TensorFlowLocation> {
  onProgress?.({ stage: 'self-test', message: 'Trying TensorFlow out' });
  // The library itself reports its version and device.
  const untested: TensorFlowLocation = { binding, libraryFolder, source, version: '', device: 'cpu' };
  const { version, device } = await selfTest(untested, signal);

  const inStaging = (file: string) =>
    file === staging ? '.' : file.startsWith(staging) ? path.relative(staging, file) : file;
  const libraries = (await librariesIn(libraryFolder)) ?? [];
  const files = [
    { path: inStaging(binding), size: (await stat(binding)).size },
    ...libraries.map(({ name, size }) => ({ path: inStaging(path.join(libraryFolder, name)), size })),
  ];
  const manifest = {
    version,
    device,
    source,
    binding: inStaging(binding),
    libraryFolder: inStaging(libraryFolder),
    files,
  };
  await writeFile(path.join(staging, MANIFEST), encodeManifest(manifest));
  const target = setupFolder(source);
  await rm(target, { recursive: true, force: true });
  await rename(staging, target);
  const location = await locateTensorFlow();
  if (location) return location;
  throw new TensorFlowSetupError('disk', `What was written to ${target} no longer exists.`, 'Start the setup again.');
}
