import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { TensorFlowLocation } from './location';

export interface EnvironmentOptions {
  /** Threads per operation; TensorFlow's own choice (all cores) if absent. */
  readonly threads?: number;
}

/** Variables that TensorFlow reads when its library is loaded; the user's own environment takes precedence. */
const DEFAULTS: Readonly<Record<string, string>> = {
  // Off by default on CPUs without AVX-512, where it helps most: a convolutional VAE trains in two thirds of the time.
  TF_ENABLE_ONEDNN_OPTS: '1',
  // Only warnings and errors: trainer.log is for people.
  TF_CPP_MIN_LOG_LEVEL: '1',
  // Allocates GPU memory on demand; otherwise a second run would find none left.
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
};

/**
 * The environment of a process that loads TensorFlow: library path and settings. Both must be set before the process
 * starts (the dynamic linker reads its path only then), so every caller that spawns a trainer uses this.
 */
export function trainerEnvironment(
  location?: TensorFlowLocation,
  base: NodeJS.ProcessEnv = process.env,
  options: EnvironmentOptions = {},
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...DEFAULTS, ...base };
  Object.assign(environment, threadSettings(options.threads));
  // Otherwise the order of additions, and thus the last bits, would differ from call to call, and a resumed run would
  // differ from an uninterrupted one. On a CPU it is deterministic anyway.
  if (location?.device === 'gpu') environment['TF_DETERMINISTIC_OPS'] ??= '1';
  if (location) {
    const variable = libraryPathVariable();
    const folders = [location.libraryFolder, ...cudaFolders(location)];
    const inherited = base[variable]?.split(path.delimiter).filter((folder) => path.isAbsolute(folder)) ?? [];
    environment[variable] = [...new Set([...folders, ...inherited])].join(path.delimiter);
  }
  return environment;
}

/** Only the settings, for a process that is already running and has not loaded the library yet. */
export function applyTensorFlowSettings(options: EnvironmentOptions = {}, environment = process.env): void {
  for (const [name, value] of Object.entries(DEFAULTS)) environment[name] ??= value;
  Object.assign(environment, threadSettings(options.threads));
}

function threadSettings(threads: number | undefined): Record<string, string> {
  if (threads === undefined) return {};
  return { TF_NUM_INTRAOP_THREADS: String(threads), OMP_NUM_THREADS: String(threads) };
}

function libraryPathVariable(): string {
  if (process.platform === 'darwin') return 'DYLD_LIBRARY_PATH';
  return process.platform === 'win32' ? 'PATH' : 'LD_LIBRARY_PATH';
}

/** `pip install tensorflow[and-cuda]` puts CUDA's libraries into `site-packages/nvidia/<part>/lib`. */
function cudaFolders(location: TensorFlowLocation): string[] {
  if (location.source === 'wheel') return [];
  const parts = path.join(location.libraryFolder, '..', 'nvidia');
  if (!existsSync(parts)) return [];
  return readdirSync(parts)
    .map((part) => path.join(parts, part, 'lib'))
    .filter((folder) => existsSync(folder));
}
