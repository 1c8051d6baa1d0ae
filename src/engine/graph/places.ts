/**
 * Where a bundle holds the modules of models. A bundle is one file, whose path and lines say nothing of whose code a
 * stack is in; so the build has each of these modules say where it begins and ends (scripts/lib/modelPlaces.mjs).
 */

interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Module {
  readonly name: string;
  readonly begin: Position;
  end?: Position;
}

const modules: Module[] = [];

/** Called at the very beginning and the very end of a module that is bundled. */
export function place(name: string, edge: 'begin' | 'end'): void {
  const at = positionOf(new Error().stack?.split('\n')[2] ?? '');
  if (at === undefined) return;
  if (edge === 'begin') modules.push({ name, begin: at });
  else for (const module of modules) if (module.name === name) module.end = at;
}

/**
 * "posterior (models/vae.ts)" for a frame of a stack that is in the module of a model; undefined for others, and
 * without a bundle.
 */
export function modelFrame(frame: string): string | undefined {
  const at = positionOf(frame);
  if (at === undefined) return undefined;
  const module = modules.find(
    ({ begin, end }) => end && begin.file === at.file && !before(at, begin) && before(at, end),
  );
  if (module === undefined) return undefined;
  const caller = /^\s*at (?:async |new )?(?:Object\.)?([^\s(]+).* \(/.exec(frame)?.[1];
  return caller === undefined ? module.name : `${caller} (${module.name})`;
}

function positionOf(frame: string): Position | undefined {
  const found = /(?:^\s*at |\()((?:[A-Za-z]:)?[^():]+):(\d+):(\d+)\)?$/.exec(frame);
  return found ? { file: found[1]!, line: Number(found[2]), column: Number(found[3]) } : undefined;
}

function before(one: Position, other: Position): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column);
}
