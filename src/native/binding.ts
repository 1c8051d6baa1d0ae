import { copyFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, lastLines, runCommand } from './command';
import { TensorFlowSetupError } from './error';
import { BINDING } from './location';
import { makeCacheFolder } from './makeFolder';
import { libraryNames, platformName } from './wheels';

/** The version of Node-API that the binding is compiled for, supported by every Node.js since 15.12. */
const NODE_API_VERSION = 8;
const PARENTS_SEARCHED = 3;

/** Locations of the binding's sources, or of a compiled one; these folders are part of the product. */
export interface ProductFiles {
  /** A compiled binding shipped with the product. */
  readonly prebuilt?: string;
  /** The folder `binding` of @tensorflow/tfjs-node-gpu. */
  readonly sources?: string;
  /** The folder `include` of node-api-headers. */
  readonly nodeHeaders?: string;
}

/**
 * Searches beside and above the running program: `dist/native/<platform>` in the packaged product, `node_modules` in a
 * checkout.
 */
export async function findProductFiles(start = __dirname): Promise<ProductFiles> {
  const folders = Array.from({ length: PARENTS_SEARCHED }, (_, level) =>
    path.join(start, ...Array<string>(level).fill('..')),
  );
  const first = async (...tail: string[]) => {
    for (const folder of folders) {
      const candidate = path.join(folder, ...tail);
      if (await stat(candidate).catch(() => undefined)) return candidate;
    }
    return undefined;
  };
  return {
    prebuilt: await first('native', platformName(), BINDING),
    sources: await first('node_modules', '@tensorflow', 'tfjs-node-gpu', 'binding'),
    nodeHeaders: await first('node_modules', 'node-api-headers', 'include'),
  };
}

/**
 * Puts the binding into `folder` and returns its path: the shipped one, else one compiled from TensorFlow.js' own
 * sources and TensorFlow's headers (`include`). It looks for the libraries in its own folder first.
 */
export async function provideBinding(
  folder: string,
  libraryFolder: string,
  include: string | undefined,
  signal?: AbortSignal,
): Promise<string> {
  const files = await findProductFiles();
  await makeCacheFolder(folder);
  const target = path.join(folder, BINDING);
  if (files.prebuilt) {
    await copyFile(files.prebuilt, target);
    return target;
  }
  if (!files.sources || !files.nodeHeaders || !include) {
    throw new TensorFlowSetupError(
      'sources',
      `This package of Latent Studio was made without the TensorFlow binding for ${platformName()}.`,
      `Install the package for ${platformName()}, or build it from a checkout.`,
    );
  }
  await compileBinding(
    { target, sources: files.sources, nodeHeaders: files.nodeHeaders, include, libraryFolder },
    signal,
  );
  return target;
}

interface Compilation {
  readonly target: string;
  readonly sources: string;
  readonly nodeHeaders: string;
  /** TensorFlow's headers. */
  readonly include: string;
  readonly libraryFolder: string;
}

/** A single call of the C++ compiler; node-gyp would download Node's headers, which Node-API does not need. */
async function compileBinding(what: Compilation, signal?: AbortSignal): Promise<void> {
  const macos = process.platform === 'darwin';
  const compiler = await findProgram(macos ? ['clang++', 'g++'] : ['g++', 'clang++']);
  if (compiler === undefined) {
    throw new TensorFlowSetupError(
      'compiler',
      'The binding between Node and TensorFlow has to be compiled, and no C++ compiler was found (g++).',
      macos ? 'Run: xcode-select --install' : 'Install one (Debian, Ubuntu: sudo apt install g++), then start again.',
    );
  }
  const libraries = libraryNames()!;
  const result = await runCommand(
    compiler,
    [
      ...['-O2', '-fPIC', '-std=c++17', `-DNAPI_VERSION=${NODE_API_VERSION}`, '-Wno-deprecated-declarations'],
      // The sources free arrays as if they were single objects. With sized deallocation, preloaded allocators
      // (jemalloc) would rely on that size.
      '-fno-sized-deallocation',
      ...(macos ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
      ...[what.nodeHeaders, what.include].map((folder) => `-I${folder}`),
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((source) => path.join(what.sources, source)),
      ...['-o', what.target, macos ? '-Wl,-rpath,@loader_path' : '-Wl,-rpath,$ORIGIN'],
      ...[libraries.functions, libraries.framework].map((library) => path.join(what.libraryFolder, library)),
    ],
    { signal },
  );
  if (result.code === 0) return;
  throw new TensorFlowSetupError(
    'compiler',
    `${compiler} could not compile the binding between Node and TensorFlow:\n${lastLines(result.stderr, 8)}`,
    'Report this with the lines above; until then, WebAssembly is used.',
  );
}
