import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { cacheFolder } from './cache';
import { libraryNames, platformName, TENSORFLOW_VERSION } from './wheels';

/** A TensorFlow installation that has passed its self-test. */
export interface TensorFlowLocation {
  /** The file that Node loads. */
  readonly binding: string;
  /** Folder of the two libraries; a process that uses them needs it in its library path. */
  readonly libraryFolder: string;
  /** As the library itself says, "2.21.0". */
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  readonly source: TensorFlowSource;
}

/**
 * wheel: downloaded by us; python: the user's own Python package, used in place; folder: LATENT_STUDIO_TENSORFLOW;
 * package: installed by TensorFlow.js itself (Windows).
 */
const sourceSchema = z.enum(['wheel', 'python', 'folder', 'package']);
export type TensorFlowSource = z.output<typeof sourceSchema>;

export const MANIFEST = 'manifest.json';
export const BINDING = 'tfjs_binding.node';
/** Incremented when the contents of a setup folder change, so that older folders are not mistaken for current ones. */
const RECIPE = 1;

/** Written last into a setup folder: its contents, and the sizes by which damage or an update is detected. */
const manifestSchema = z.object({
  recipe: z.literal(RECIPE),
  version: z.string(),
  device: z.enum(['cpu', 'gpu']),
  source: sourceSchema,
  /** Absolute for a binding used in place. */
  binding: z.string(),
  /** Absolute for libraries used in place; "." for those beside the manifest. */
  libraryFolder: z.string(),
  files: z.array(z.object({ path: z.string(), size: z.int() })),
});
export type Manifest = Omit<z.output<typeof manifestSchema>, 'recipe'>;

export function encodeManifest(manifest: Manifest): string {
  return `${JSON.stringify({ recipe: RECIPE, ...manifest }, undefined, 2)}\n`;
}

/**
 * The setup folder of a source. Only the downloaded one is named by version: the others follow the user's installation.
 */
export function setupFolder(source: TensorFlowSource): string {
  const kind = source === 'wheel' ? TENSORFLOW_VERSION : source;
  return path.join(cacheFolder(), `tensorflow-${kind}-${platformName()}-r${RECIPE}`);
}

/** The folder that the user names, or undefined. */
export function chosenLibraryFolder(environment = process.env): string | undefined {
  const folder = environment['LATENT_STUDIO_TENSORFLOW'];
  return folder && path.isAbsolute(folder) ? path.normalize(folder) : undefined;
}

/**
 * The TensorFlow that is ready to be loaded, or undefined. Cheap (a few `stat`s) and free of side effects. A folder
 * named by LATENT_STUDIO_TENSORFLOW comes first, then the user's Python package, then the downloaded wheel.
 */
export async function locateTensorFlow(environment = process.env): Promise<TensorFlowLocation | undefined> {
  const chosen = chosenLibraryFolder(environment);
  if (chosen) {
    const location = await readSetup('folder');
    return location?.libraryFolder === chosen ? location : undefined;
  }
  for (const source of ['python', 'wheel', 'package'] as const) {
    const location = await readSetup(source);
    if (location) return location;
  }
  return undefined;
}

/** Reads a source's setup folder; undefined unless every file has its recorded size. */
async function readSetup(from: TensorFlowSource): Promise<TensorFlowLocation | undefined> {
  try {
    const folder = setupFolder(from);
    const manifest = manifestSchema.parse(JSON.parse(await readFile(path.join(folder, MANIFEST), 'utf8')));
    for (const file of manifest.files) {
      if ((await stat(path.resolve(folder, file.path))).size !== file.size) return undefined;
    }
    const { version, device, source } = manifest;
    const binding = path.resolve(folder, manifest.binding);
    const libraryFolder = path.resolve(folder, manifest.libraryFolder);
    return { binding, libraryFolder, version, device, source };
  } catch {
    return undefined;
  }
}

/** Both libraries in `folder`, or undefined. */
export async function librariesIn(folder: string): Promise<readonly { name: string; size: number }[] | undefined> {
  const names = libraryNames();
  if (!names) return undefined;
  try {
    const present = new Set(await readdir(folder));
    const wanted = [names.functions, names.framework];
    if (!wanted.every((name) => present.has(name))) return undefined;
    return await Promise.all(wanted.map(async (name) => ({ name, size: (await stat(path.join(folder, name))).size })));
  } catch {
    return undefined;
  }
}
