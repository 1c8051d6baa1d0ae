import type * as z from 'zod';
import { nearest } from './nearest';
import { keysAt, placesOf } from './schemaKeys';

/** One problem of a specification. */
export interface SpecificationIssue {
  /** Dotted; empty for the whole specification. */
  readonly path: string;
  /** Follows the path: "must be at least 1, not 0". */
  readonly message: string;
  /** The path as keys and indices. */
  readonly keys: readonly (string | number)[];
  /** The unknown key below the path, if that is the problem. */
  readonly unknownKey?: string;
  /** Suggested replacement of the unknown key or of the value. */
  readonly suggestion?: string;
}

/** Limits the time for suggestions: a megabyte of unknown keys would take ten seconds, and nobody reads more. */
const MOST_ISSUES = 100;

/**
 * The problems that a schema found in a value, at most a hundred. Each unknown key is an issue of its own, and typos
 * get a suggestion.
 */
export function specificationIssues(error: z.ZodError, schema: z.ZodType, value: unknown): SpecificationIssue[] {
  const found: SpecificationIssue[] = [];
  for (const issue of error.issues) {
    const keys = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
    const at = { keys, path: keys.join('.') };
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, MOST_ISSUES - found.length)) {
        found.push({ ...at, unknownKey: key, ...unknownKey(schema, value, keys, key) });
      }
    } else {
      const suggestion = nearValue(issue, value);
      found.push({ ...at, message: withSuggestion(issue.message, suggestion), suggestion });
    }
    if (found.length >= MOST_ISSUES) break;
  }
  return found;
}

function unknownKey(schema: z.ZodType, value: unknown, at: readonly (string | number)[], key: string) {
  const known = keysAt(schema, value, at);
  const unknown = `has an unknown key: "${key.length > 60 ? `${key.slice(0, 59)}…` : key}"`;
  const suggestion = nearest(key, known);
  if (suggestion !== undefined) return { message: withSuggestion(unknown, suggestion), suggestion };
  const places = placesOf(schema, value, key);
  if (places.length === 1) return { message: `${unknown}; it belongs to ${places[0]?.slice(0, -1).join('.')}` };
  return { message: `${unknown}; there are ${known.filter((name) => !name.startsWith('$')).join(', ')}` };
}

function nearValue(issue: z.core.$ZodIssue, root: unknown): string | undefined {
  const written = issue.path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
  return typeof written === 'string' ? nearest(written, textValues(issue)) : undefined;
}

/** The values that would have been valid. */
function textValues(issue: z.core.$ZodIssue): string[] {
  const all: readonly unknown[] =
    issue.code === 'invalid_value'
      ? issue.values
      : issue.code === 'invalid_union'
        ? [...('options' in issue ? (issue.options ?? []) : []), ...issue.errors.flat().flatMap(textValues)]
        : [];
  return all.filter((value) => typeof value === 'string');
}

function withSuggestion(message: string, suggestion: string | undefined): string {
  return suggestion === undefined ? message : `${message}; did you mean "${suggestion}"?`;
}
