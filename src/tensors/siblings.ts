import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { FormatError } from '../formats/error';
import { quote } from '../formats/strictJson';

/**
 * The path of a sibling file that another file refers to. The name and the target of links must stay in the folder, or in
 * the folder of the referring file's own target, since caches keep a folder of links to files stored together elsewhere.
 * Throws {@link FormatError}.
 */
export async function siblingOf(file: string, name: string): Promise<string> {
  const folder = path.dirname(file);
  const wanted = path.resolve(folder, name);
  if (/[\\\0]|^[A-Za-z]:/.test(name) || path.isAbsolute(name) || !inside(folder, wanted)) {
    throw new FormatError(`It refers to the file ${quote(name)} outside its folder, which is not opened.`);
  }
  const real = await realpath(wanted).catch(() => undefined);
  if (real === undefined) throw new MissingFile(`The file ${quote(name)}, to which it refers, does not exist.`);
  const roots = [await realpath(folder), path.dirname(await realpath(file))];
  if (roots.some((root) => inside(root, real))) return real;
  throw new FormatError(`The file ${quote(name)}, to which it refers, is a link that leads out of its folder.`);
}

/** The same, but undefined for a missing file, so that the others stay readable. */
export function existingSibling(file: string, name: string): Promise<string | undefined> {
  return siblingOf(file, name).catch((error: unknown) => {
    if (error instanceof MissingFile) return undefined;
    throw error;
  });
}

class MissingFile extends FormatError {}

function inside(parent: string, child: string): boolean {
  const relative = path.relative(parent, child);
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
