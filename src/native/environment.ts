import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { TensorFlowLocation } from './location';

export interface EnvironmentOptions {
  /** Threads within one operation; TensorFlow's own choice (all cores) when absent. */
  readonly threads?: number;
}

/** What TensorFlow reads when its library is loaded; each may be overridden by the user's own environment. */
const DEFAULTS: Readonly<Record<string, string>> = {
  // Off by default on CPUs without AVX-512, where it brings most: a convolutional VAE trains in two thirds of the time.
  TF_ENABLE_ONEDNN_OPTS: '1',
  // Warnings and errors only: trainer.log is for people.
  TF_CPP_MIN_LOG_LEVEL: '1',
  // Take GPU memory as it is needed, or a second run would find none left.
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
};

/**
 * The environment of a process that loads TensorFlow: library path and settings. All must be in place when the process
 * starts (the dynamic linker reads its path only then), so whoever spawns a trainer uses this.
 */
export function trainerEnvironment(
  location?: TensorFlowLocation,
  base: NodeJS.ProcessEnv = process.env,
  options: EnvironmentOptions = {},
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...DEFAULTS, ...base };
  Object.assign(environment, threadSettings(options.threads));
  // The order of additions, and with it the last bits, else differs from call to call: a resumed run would not be the
  // undisturbed one. On a CPU it is the same anyway.
  if (location?.device === 'gpu') environment['TF_DETERMINISTIC_OPS'] ??= '1';
  if (location) {
    const variable = libraryPathVariable();
    const folders = [location.libraryFolder, ...cudaFolders(location)];
    const inherited = base[variable]?.split(path.delimiter).filter((folder) => path.isAbsolute(folder)) ?? [];
    environment[variable] = [...new Set([...folders, ...inherited])].join(path.delimiter);
  }
  return environment;
}

/** The settings alone, for a process that is already running and has not loaded the library yet. */
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
