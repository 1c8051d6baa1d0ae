import type { FamilyDefinition } from './family';

/** Sets of points on a plane; kept as names, since a specification is not decoded yet when they are asked for. */
const POINT_SETS: readonly unknown[] = ['ring', 'grid', 'swissRoll'];

/**
 * A new specification as its user wrote it, with what its family would have instead of the general defaults. Whatever is not a
 * specification comes back as it is, to be refused by the schema.
 */
export function withFamilyDefaults(
  value: unknown,
  families: Readonly<Record<string, FamilyDefinition>>,
): unknown {
  if (!isObject(value) || !isObject(value.model)) return value;
  const { family } = value.model;
  if (typeof family !== 'string' || !Object.hasOwn(families, family)) return value;
  const { set, defaults } = families[family]!;
  if (value.data !== undefined && !isObject(value.data)) return value;
  const data = set === undefined ? value.data : { set, ...value.data };
  const own = defaults?.({ points: POINT_SETS.includes(data?.set) }) ?? {};
  return { ...merged(own, value), ...(data !== undefined && { data }) };
}

/** `given`, with what it leaves out of `defaults`. Of two parts of different kinds, only the given one counts. */
function merged(defaults: object, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...defaults, ...given };
  for (const [key, value] of Object.entries(defaults) as [string, unknown][]) {
    const own = given[key];
    if (!isObject(value) || !isObject(own)) continue;
    if ('kind' in own && own.kind !== value.kind) continue;
    result[key] = merged(value, own);
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
