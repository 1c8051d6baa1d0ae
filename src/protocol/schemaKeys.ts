import type * as z from 'zod';

type Schema = z.core.$ZodType;

/** The internals of the kinds of schemas that a specification is made of. */
interface Innards {
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly innerType?: Schema;
  readonly options?: readonly Schema[];
  readonly discriminator?: string;
}

function innards(schema: Schema): Innards {
  return schema._zod.def as Innards;
}

/**
 * The schema at a path inside a value, with defaults unwrapped; for a union, the members selected by the value's
 * discriminators, or all if none is selected.
 */
function schemasAt(root: Schema, value: unknown, path: readonly PropertyKey[]): Schema[] {
  const [key, ...rest] = path;
  const here = possibilities(root, value);
  if (key === undefined) return here;
  const inside = property(value, key);
  return here.flatMap((schema) => {
    const { shape, element } = innards(schema);
    const next = shape?.[String(key)] ?? element;
    return next === undefined ? [] : schemasAt(next, inside, rest);
  });
}

function possibilities(schema: Schema, value: unknown): Schema[] {
  const { innerType, options, discriminator } = innards(schema);
  if (innerType !== undefined) return possibilities(innerType, value);
  if (options === undefined) return [schema];
  const choice = discriminator === undefined ? undefined : property(value, discriminator);
  const chosen = options.filter((option) => {
    const values = discriminator === undefined ? undefined : option._zod.propValues?.[discriminator];
    return values?.has(choice as z.core.util.Primitive) === true;
  });
  return (chosen.length > 0 ? chosen : options).flatMap((option) => possibilities(option, value));
}

/** The keys that an object at a path may have. */
export function keysAt(root: Schema, value: unknown, path: readonly PropertyKey[]): string[] {
  const shapes = schemasAt(root, value, path).map((schema) => innards(schema).shape ?? {});
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape)))];
}

/** Where a misplaced key belongs: the paths of the objects that have it, excluding lists. */
export function placesOf(root: Schema, value: unknown, key: string, at: readonly string[] = []): string[][] {
  const keys = keysAt(root, value, at);
  const here = keys.includes(key) ? [[...at, key]] : [];
  return [...here, ...keys.flatMap((inner) => placesOf(root, value, key, [...at, inner]))];
}

function property(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<PropertyKey, unknown>)[key];
}
