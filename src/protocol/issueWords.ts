import type * as z from 'zod';

/** A raw zod issue, before it has a message, with the inspected value. */
export type RawIssue = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

/**
 * Describes what is wrong with a value, to follow its name: "must be at least 1, not 0". Passed to a schema's
 * `safeParse` as `error`, it replaces zod's own messages; messages defined by a schema (`refine`, `regex`) are kept.
 */
export function issueWords(issue: RawIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `has ${issue.keys.length === 1 ? 'an unknown key' : 'unknown keys'}: ${listed(issue.keys.map(shown), 'and')}`;
  }
  const wanted = demand(issue);
  const given = chosenBy(issue);
  if (given === undefined) return `is missing: it ${wanted}`;
  return given === '' ? wanted : `${wanted}, not ${describe(given)}`;
}

/** The invalid value: for an object with a discriminator, the value of the discriminator. */
function chosenBy(issue: RawIssue): unknown {
  const { input, discriminator } = issue as { input?: unknown; discriminator?: string };
  if (discriminator === undefined || typeof input !== 'object' || input === null) return input;
  return Object.hasOwn(input, discriminator) ? (input as Record<string, unknown>)[discriminator] : undefined;
}

/** "must be a whole number" */
function demand(issue: RawIssue | Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${listed(issue.values.map(shown), 'or')}`;
    case 'too_small':
    case 'too_big':
      return limit(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return `must be ${issue.format === 'regex' ? `text like ${issue.pattern}` : `text of the form “${issue.format}”`}`;
    case 'invalid_union':
      return union(issue);
    case 'invalid_key':
      return 'must be a key of another kind';
    case 'invalid_element':
      return 'must have entries of another kind';
    case 'unrecognized_keys':
      return 'must have no unknown keys';
    case 'custom':
      return 'must be something else';
  }
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text in quotes',
  boolean: 'true or false',
  array: 'a list […]',
  object: 'an object {…}',
  record: 'an object {…}',
  null: 'null',
  never: 'left out',
};

function limit(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig | RawIssue): string {
  const small = issue.code === 'too_small';
  const bound = Number(small ? issue['minimum'] : issue['maximum']);
  const least = small ? 'at least' : 'at most';
  switch (issue['origin']) {
    case 'string':
      return small && bound === 1 ? 'must not be empty' : `must have ${least} ${counted(bound, 'character')}`;
    case 'array':
    case 'set':
    case 'map':
      return `must have ${least} ${counted(bound, 'entry', 'entries')}`;
    default:
      return issue['inclusive'] === false
        ? `must be ${small ? 'greater' : 'less'} than ${bound}`
        : `must be ${least} ${bound}`;
  }
}

/** The requirements of each member of a union, or the discriminator values that select one. */
function union(issue: RawIssue | Issue): string {
  const { options, errors } = issue as { options?: readonly unknown[]; errors?: readonly (readonly Issue[])[] };
  // Undefined can only mean a default here, which nobody writes.
  const written = options?.filter((option) => option !== undefined) ?? [];
  if (written.length > 0) return `must be ${listed(written.map(shown), 'or')}`;
  // If a member failed further inside, its requirements cannot be stated briefly.
  const demands = (errors ?? []).flatMap(([first]) => (first?.path.length === 0 ? [demand(first)] : []));
  const bare = [...new Set(demands)].map((each) => each.replace(/^must be /, ''));
  return bare.length === 0 ? 'must be something else' : `must be ${listed(bare, 'or')}`;
}

/** A value as a user would describe it, truncated if it is long. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return shown(value);
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return `"${value.length > 40 ? `${value.slice(0, 39)}…` : value}"`;
}

function listed(words: readonly string[], last: 'and' | 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
