import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { reasonOf } from '../common/systemError';
import { findProgram, lastLines, runCommand } from './command';
import { TensorFlowSetupError } from './error';
import { librariesIn } from './location';

/** A working Python; used for its pip and zip reader, and to find its packages. Never to run TensorFlow. */
export interface Python {
  readonly program: string;
  readonly version: string;
  readonly hasPip: boolean;
  /** Folders of installed packages, including the user's own. */
  readonly packageFolders: readonly string[];
}

const answerSchema = z.object({ version: z.string(), pip: z.boolean(), folders: z.array(z.string()) });

/** `-I` ignores PYTHON* variables, the current folder and the user's site; the user's folder is only inspected. */
const QUESTION = `
import importlib.util, json, platform, site, sys, sysconfig
folders = [sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]]
folders += site.getsitepackages() if hasattr(site, "getsitepackages") else []
folders += [site.getusersitepackages()] if hasattr(site, "getusersitepackages") else []
print(json.dumps({
    "version": platform.python_version(),
    "pip": importlib.util.find_spec("pip") is not None,
    "folders": list(dict.fromkeys(folders)),
}))
`;

/**
 * The Python to use: `chosen` (a machine setting), else LATENT_STUDIO_PYTHON, else `python3` on the path; undefined if
 * there is none. Throws if the chosen one does not run.
 */
export async function findPython(chosen?: string, signal?: AbortSignal): Promise<Python | undefined> {
  const named = chosen || process.env['LATENT_STUDIO_PYTHON'] || undefined;
  const program = named ?? (await findProgram(process.platform === 'win32' ? ['python3', 'python'] : ['python3']));
  if (program === undefined) return undefined;
  try {
    const options = { signal, timeoutMilliseconds: 30_000 };
    const { code, stdout, stderr } = await runCommand(program, ['-I', '-c', QUESTION], options);
    if (code !== 0) throw new Error(lastLines(stderr));
    const answer = answerOf(stdout);
    return { program, version: answer.version, hasPip: answer.pip, packageFolders: answer.folders };
  } catch (error) {
    if (error instanceof TensorFlowSetupError) throw error;
    if (named === undefined) return undefined;
    throw new TensorFlowSetupError(
      'python',
      `The Python that was chosen, ${named}, does not run: ${reasonOf(error)}.`,
      'Choose another one, or none, so that python3 on the path is used.',
      { cause: error },
    );
  }
}

function answerOf(stdout: string): z.infer<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(stdout));
  } catch (error) {
    throw new Error('it is not a Python', { cause: error });
  }
}

/** A TensorFlow package in a Python's folders, found only by its files. */
export interface InstalledTensorFlow {
  readonly libraryFolder: string;
  /** From the name of the package's metadata folder; the library itself is asked later. */
  readonly version: string;
}

const DISTRIBUTION = /^tensorflow(?:_cpu|_gpu|_intel|_macos)?-(\d+\.\d+[^-]*)\.dist-info$/;

export async function findInstalledTensorFlow(python: Python): Promise<InstalledTensorFlow | undefined> {
  for (const folder of python.packageFolders) {
    const libraryFolder = path.join(folder, 'tensorflow');
    if (!(await librariesIn(libraryFolder))) continue;
    const names = await readdir(folder);
    const version = names.map((name) => DISTRIBUTION.exec(name)?.[1]).find((found) => found !== undefined);
    if (version !== undefined) return { libraryFolder, version };
  }
  return undefined;
}
