import path from 'node:path';
import { access, stat } from 'node:fs/promises';
import { errorCode, reasonOf } from '../common/systemError';
import type { DataSpecification } from '../protocol/dataSpecification';
import { DataError } from './error';

/** The folder that a specification names for such contents. Throws {@link DataError} without one that can be read. */
export function folderOf(data: DataSpecification, base: string, contents: string): Promise<string> {
  return located(data, base, contents, 'folder');
}

/** The file that a specification names for such contents, likewise. */
export function fileOf(data: DataSpecification, base: string, contents: string): Promise<string> {
  return located(data, base, contents, 'file');
}

type Kind = 'folder' | 'file';

async function located(
  { path: relative }: DataSpecification,
  base: string,
  contents: string,
  kind: Kind,
): Promise<string> {
  if (relative === undefined) {
    throw new DataError(
      `The specification requires ${contents} but does not say where they are.`,
      `Set data.path to the ${kind} that contains them.`,
    );
  }
  const location = path.resolve(base, relative);
  await check(location, contents, kind);
  return location;
}

/**
 * Reports the actual reason and the nearest existing folder: the path may have been made absolute long before, in the folder
 * of a specification that this process does not know. Anything but a file is refused where one is expected: opening a pipe would
 * block forever.
 */
async function check(location: string, contents: string, kind: Kind): Promise<void> {
  const remedy = `Set data.path to the ${kind} with the ${contents}; a relative path starts from the specification’s folder.`;
  const stats = await stat(location).catch(async (error: unknown) => {
    const absent = errorCode(error) === 'ENOENT';
    const message = `The ${kind} ${location} ${absent ? 'does not exist' : `cannot be used: ${reasonOf(error)}`}.`;
    throw new DataError(message, `${await nearest(location)}${remedy}`, { cause: error });
  });
  if (kind === 'folder' ? !stats.isDirectory() : !stats.isFile()) {
    throw new DataError(`${location} is not a ${kind}.`, remedy);
  }
}

/** The nearest existing ancestor. */
async function nearest(location: string): Promise<string> {
  for (let at = path.dirname(location); at !== path.dirname(at); at = path.dirname(at)) {
    if (await exists(at)) return `The nearest existing folder is ${at}. `;
  }
  return '';
}

export async function exists(location: string): Promise<boolean> {
  return access(location).then(
    () => true,
    () => false,
  );
}
