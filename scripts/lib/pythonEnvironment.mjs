// Python packages for tests and benchmarks, each set in a separate environment in the cache folder, named by its contents.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cache.mjs';
import { withLock } from './lock.mjs';
import { Problem } from './problem.mjs';
import { runLogged, step } from './steps.mjs';

const oldest = '3.10';

/**
 * @typedef {object} PythonPackages
 * @property {string} name of the folder in the cache
 * @property {string} title as shown: "TensorBoard, safetensors and NumPy"
 * @property {string} requirements the file that pip reads; another content is another environment
 * @property {string} trial Python that fails unless the packages work
 * @property {string} purpose for example "run the tests against TensorBoard, safetensors and NumPy"
 */

/** @param {PythonPackages} packages */
function location({ name, requirements }) {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return path.join(cacheFolder(), `${name}-${hash}`);
}

const interpreterOf = (folder) =>
  process.platform === 'win32' ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');

/**
 * The Python that has the packages; `undefined` if they are not set up.
 * @param {PythonPackages} packages
 */
export function findPythonWith(packages) {
  const python = interpreterOf(location(packages));
  return existsSync(python) ? python : undefined;
}

/**
 * Sets the packages up unless they are there.
 * @param {PythonPackages} packages
 * @returns {Promise<string>} the Python that has them
 * @throws {Problem} without a Python that can hold them, or when they cannot be fetched
 */
export async function setUpPythonWith(packages) {
  const there = findPythonWith(packages);
  if (there) return there;
  const python = await findPython(packages.purpose);
  const folder = location(packages);
  await mkdir(path.dirname(folder), { recursive: true });
  const waiting = (pid) => process.stdout.write(`  Process ${pid} is setting up the same packages; waiting for it.\n`);
  return withLock(`${folder}.lock`, waiting, async () => {
    if (existsSync(folder)) return interpreterOf(folder);
    const staging = `${folder}.partial`;
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging);
    await step(`${packages.title} for Python`, () => install(python, staging, packages));
    // Nothing inside contains its own path: programs are started as modules, never by the scripts that pip writes.
    await rename(staging, folder);
    return interpreterOf(folder);
  });
}

/** An environment without its own pip, filled by the pip outside: Debian's Python cannot create one with pip. */
async function install(python, folder, { requirements, trial }) {
  const log = path.join(folder, 'setup.log');
  const next = 'Check that Python has pip and the network or pip’s index, then run the same command again.';
  await runLogged({ command: python, parameters: ['-m', 'venv', '--without-pip', folder], log, next });
  const packages = await ask(interpreterOf(folder), 'import sysconfig; print(sysconfig.get_path("purelib"))');
  const parameters = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'];
  parameters.push('--only-binary', ':all:', '--target', packages, '--requirement', requirements);
  await runLogged({ command: python, parameters, log, next });
  await runLogged({ command: interpreterOf(folder), parameters: ['-c', trial], log, next });
}

async function findPython(purpose) {
  const seen = [];
  for (const program of ['python3', 'python']) {
    const version = await ask(program, 'import sys; print("%d.%d" % sys.version_info[:2])').catch(() => undefined);
    if (version === undefined) continue;
    const [major, minor] = version.split('.').map(Number);
    if (major === 3 && minor >= Number(oldest.split('.')[1])) return program;
    seen.push(`${program} is Python ${version}`);
  }
  throw new Problem(`Python ${oldest} or newer was not found on the path.`, {
    why: seen.length > 0 ? `${seen.join(', ')}.` : undefined,
    next: `Install Python 3 with pip to ${purpose}.`,
  });
}

async function ask(program, code) {
  const { stdout } = await promisify(execFile)(program, ['-c', code]);
  return stdout.trim();
}
