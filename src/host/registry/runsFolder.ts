import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';

export class RunsFolderError extends Error {
  override name = 'RunsFolderError';
}

/**
 * The runs folder that a workspace folder's setting names. Throws {@link RunsFolderError} unless it is inside the
 * workspace folder, both by name and, as far as it exists, by its real path: a repository may contain a setting or a
 * link, and neither may lead a window out of it.
 */
export async function resolveRunsFolder(workspaceFolder: string, setting: string): Promise<string> {
  const folder = path.resolve(workspaceFolder, setting);
  if (
    setting.trim() === '' ||
    path.isAbsolute(setting) ||
    /^[A-Za-z]:|\0/.test(setting) ||
    !inside(workspaceFolder, folder)
  ) {
    throw new RunsFolderError(
      `The setting latentStudio.runsFolder is “${setting}”, which is not a folder inside the workspace. Name one that is, such as “runs”.`,
    );
  }
  const existing = await deepestExisting(folder);
  const root = await realpath(workspaceFolder);
  const real = await realpath(existing).catch(() => undefined);
  if (real === undefined || (real !== root && !inside(root, real))) {
    throw new RunsFolderError(
      `The runs folder ${folder} is a link that points ${real === undefined ? 'nowhere' : 'out of the workspace'}, so it is not read.`,
    );
  }
  // Without links on the way, so that a run has one path and one key however it was found.
  return path.join(real, path.relative(existing, folder));
}

/** Whether `child` is below `parent`, by name. */
function inside(parent: string, child: string): boolean {
  const relative = path.relative(parent, child);
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

async function deepestExisting(folder: string): Promise<string> {
  for (let candidate = folder; ; candidate = path.dirname(candidate)) {
    const found = await lstat(candidate).then(
      () => true,
      () => false,
    );
    if (found || candidate === path.dirname(candidate)) return candidate;
  }
}
