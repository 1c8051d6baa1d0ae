import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** The program that runs the trainer, and its environment. */
export interface Interpreter {
  readonly program: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string>>;
}

export class InterpreterError extends Error {
  override name = 'InterpreterError';
}

/** The oldest Node.js version that a trainer runs on. */
const OLDEST = [20, 19] as const;

/**
 * The Node.js to use: the configured one (a machine setting, never one of a workspace), else a suitable `node` on the
 * PATH, else the current executable, which for VS Code means Electron as Node.js. Throws {@link InterpreterError} if
 * the configured one is unsuitable.
 */
export async function chooseInterpreter(asked?: string): Promise<Interpreter> {
  if (asked !== undefined) return checkAsked(asked);
  for (const candidate of candidatesOnPath()) {
    const version = await versionOf(candidate);
    if (version !== undefined && isFit(version)) return { program: candidate, version, environment: {} };
  }
  return { program: process.execPath, version: process.versions.node, environment: { ELECTRON_RUN_AS_NODE: '1' } };
}

async function checkAsked(asked: string): Promise<Interpreter> {
  const wanted = `Node.js ${OLDEST.join('.')} or newer`;
  if (!path.isAbsolute(asked)) throw new InterpreterError(`"${asked}" is not an absolute path to ${wanted}.`);
  const environment: Record<string, string> = asked === process.execPath ? { ELECTRON_RUN_AS_NODE: '1' } : {};
  const version = await versionOf(asked);
  if (version === undefined)
    throw new InterpreterError(`${asked} does not run as Node.js. Give the path to ${wanted}.`);
  if (!isFit(version)) throw new InterpreterError(`${asked} is Node.js ${version}; the trainer needs ${wanted}.`);
  return { program: asked, version, environment };
}

/** Only absolute entries of the PATH: a relative one would depend on the current folder. */
function candidatesOnPath(): string[] {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name));
}

const versions = new Map<string, Promise<string | undefined>>();

/** The version that the program reports; cached per program. */
function versionOf(program: string): Promise<string | undefined> {
  const known = versions.get(program);
  if (known !== undefined) return known;
  const asked = askVersion(program);
  versions.set(program, asked);
  return asked;
}

async function askVersion(program: string): Promise<string | undefined> {
  if (program === process.execPath) return process.versions.node;
  const executable = await access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) return undefined;
  return new Promise((resolve) => {
    execFile(program, ['-p', 'process.versions.node'], { timeout: 10_000 }, (error, output) => {
      resolve(error === null ? output.trim() : undefined);
    });
  });
}

function isFit(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
