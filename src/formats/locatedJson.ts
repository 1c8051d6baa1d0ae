import { parseStrictJson, type JsonSyntaxError, type Span, type StrictJson } from './strictJson';

/** A JSON document with the source positions of its keys and values. */
export interface LocatedJson {
  /** With plain objects, as of `JSON.parse`; a key `__proto__` is a key like any other. */
  readonly value: unknown;
  /** Span of a key, including its quotes, or of a value; undefined if absent. */
  span(path: readonly (string | number)[], part: 'key' | 'value'): Span | undefined;
}

/** Parses hand-written JSON. Throws {@link JsonSyntaxError}, also for duplicate keys. */
export function parseLocatedJson(text: string): LocatedJson {
  const spans = new Map<string, Span>();
  const name = (path: readonly (string | number)[], part: 'key' | 'value') => JSON.stringify([part, ...path]);
  // A byte order mark, as written by some Windows editors, is not part of the JSON but counts in its indices.
  const blank = text.replace(/^\uFEFF/, ' ');
  const strict = parseStrictJson(blank, {}, { onSpan: (path, part, span) => spans.set(name(path, part), span) });
  return { value: plainObjects(strict), span: (path, part) => spans.get(name(path, part)) };
}

function plainObjects(value: StrictJson): unknown {
  if (Array.isArray(value)) return value.map(plainObjects);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, inner]) => [key, plainObjects(inner)]));
}

/** The parser's findings as a writer of JSON would say them. */
const WORDS: Readonly<Record<string, string>> = {
  'no key': 'a key in quotes is missing, or there is an extra comma',
  'no value': 'a value is missing, or text without quotes is in its place',
  'no “:”': 'a “:” is missing after the key',
  'neither “,” nor “}”': 'a “,” or “}” is missing',
  'neither “,” nor “]”': 'a “,” or “]” is missing',
  'the end of the text': 'it ends unexpectedly',
  'more text after the value': 'there is more text after its end',
  'a string that does not end': 'a closing quote is missing',
};

/** "line 3, column 14: a “,” or “}” is missing" */
export function syntaxWords({ found, at }: JsonSyntaxError, text: string): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${WORDS[found] ?? found}`;
}
