import { FormatError } from './error';

/** JSON with objects as maps, so that a key like `__proto__` is a key like any other. */
export type StrictJson = null | boolean | number | string | StrictJson[] | Map<string, StrictJson>;

/** Limits of a document: a megabyte of `[[],[],…` becomes a hundred megabytes of lists. */
export interface JsonLimits {
  readonly depth: number;
  /** Values of every kind; objects and lists among them. */
  readonly values: number;
  readonly containers: number;
  /** Members of one object or list. */
  readonly members: number;
  /** Also takes NaN, Infinity and -Infinity, as Python's json module writes and reads them. */
  readonly nonFinite?: boolean;
}
const LIMITS: JsonLimits = { depth: 32, values: Infinity, containers: Infinity, members: Infinity };

/**
 * Parses JSON (RFC 8259) and, unlike `JSON.parse`, refuses duplicate keys and documents beyond the limits: two readers could
 * otherwise see different values. Throws {@link FormatError} with the position.
 */
export function parseStrictJson(
  text: string,
  limits: Partial<JsonLimits> = {},
  listeners: JsonListeners = {},
): StrictJson {
  return new Parser(text, { ...LIMITS, ...limits }, listeners).document();
}

/** Invalid JSON; `at` is the index of the offending character. */
export class JsonSyntaxError extends FormatError {
  override name = 'JsonSyntaxError';
  constructor(
    readonly found: string,
    readonly at: number,
  ) {
    super(`its JSON has ${found} at character ${at}`);
  }
}

/** From the index of a first character to that behind the last one. */
export type Span = readonly [start: number, end: number];
/** Called for every key and value of a document with its position and path. */
export type SpanListener = (path: readonly (string | number)[], part: 'key' | 'value', span: Span) => void;

export interface JsonListeners {
  readonly onSpan?: SpanListener;
  /** Called every few thousand values; throwing ends the parsing. */
  readonly whileParsing?: () => void;
}

/** A power of two: some milliseconds of parsing. */
const VALUES_BETWEEN_CALLS = 8192;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS: readonly (readonly [string, null | boolean])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const NON_FINITE: readonly (readonly [string, number])[] = [
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
];

class Parser {
  private at = 0;
  private readonly path: (string | number)[] = [];
  private values = 0;
  private containers = 0;
  private readonly onSpan: SpanListener | undefined;
  private readonly whileParsing: (() => void) | undefined;

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
    { onSpan, whileParsing }: JsonListeners,
  ) {
    this.onSpan = onSpan;
    this.whileParsing = whileParsing;
  }

  document(): StrictJson {
    const value = this.value(0);
    this.skipSpace();
    if (this.at < this.text.length) throw this.error('more text after the value');
    return value;
  }

  private value(depth: number): StrictJson {
    this.skipSpace();
    const start = this.at;
    if (++this.values > this.limits.values) throw this.error(`more than ${this.limits.values} values`);
    if (this.values % VALUES_BETWEEN_CALLS === 0) this.whileParsing?.();
    const value = this.valueHere(depth);
    this.onSpan?.(this.path, 'value', [start, this.at]);
    return value;
  }

  private valueHere(depth: number): StrictJson {
    const first = this.text.charCodeAt(this.at);
    if (first === 0x7b) return this.object(depth + 1);
    if (first === 0x5b) return this.array(depth + 1);
    if (first === 0x22) return this.string();
    return this.shortInteger() ?? this.number() ?? this.word();
  }

  /** Most values of a long list of tensors are sizes and offsets: no regular expression is worth the while for these. */
  private shortInteger(): number | undefined {
    const { text, at } = this;
    let end = at;
    let value = 0;
    for (; end - at < 16; end++) {
      const digit = text.charCodeAt(end) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    const next = text.charCodeAt(end);
    // Longer numbers, leading zeros, fractions and exponents are left to the general case.
    if (end === at || end - at === 16 || (text.charCodeAt(at) === 0x30 && end - at > 1)) return undefined;
    if (next === 0x2e || next === 0x65 || next === 0x45) return undefined;
    this.at = end;
    return value;
  }

  private number(): number | undefined {
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number === undefined) return undefined;
    this.at += number.length;
    return Number(number);
  }

  private word(): null | boolean | number {
    for (const [word, value] of this.limits.nonFinite ? [...WORDS, ...NON_FINITE] : WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    throw this.error(this.at < this.text.length ? 'no value' : 'the end of the text');
  }

  private object(depth: number): Map<string, StrictJson> {
    this.enter(depth);
    const entries = new Map<string, StrictJson>();
    if (this.accept('}')) return entries;
    do {
      this.skipSpace();
      if (this.text.charCodeAt(this.at) !== 0x22) throw this.error('no key');
      this.checkMembers(entries.size);
      const start = this.at;
      const key = this.string();
      if (entries.has(key)) throw this.error(`the key ${quote(key)} a second time`);
      this.path.push(key);
      this.onSpan?.(this.path, 'key', [start, this.at]);
      if (!this.accept(':')) throw this.error('no “:”');
      entries.set(key, this.value(depth));
      this.path.pop();
    } while (this.accept(','));
    if (!this.accept('}')) throw this.error('neither “,” nor “}”');
    return entries;
  }

  private array(depth: number): StrictJson[] {
    this.enter(depth);
    const items: StrictJson[] = [];
    if (this.accept(']')) return items;
    do {
      this.checkMembers(items.length);
      this.path.push(items.length);
      items.push(this.value(depth));
      this.path.pop();
    } while (this.accept(','));
    if (!this.accept(']')) throw this.error('neither “,” nor “]”');
    return items;
  }

  private checkMembers(sofar: number): void {
    const { members } = this.limits;
    if (sofar >= members) throw this.error(`more than ${members} members of one object or list`);
  }

  private enter(depth: number): void {
    const { depth: deepest, containers } = this.limits;
    if (depth > deepest) throw this.error(`nesting deeper than ${deepest}`);
    if (++this.containers > containers) throw this.error(`more than ${containers} objects and lists`);
    this.at++;
  }

  private string(): string {
    const start = this.at;
    let end = start + 1;
    let escaped = false;
    for (; ; end++) {
      const code = this.text.charCodeAt(end);
      if (code === 0x22) break;
      if (code === 0x5c) {
        escaped = true;
        end++;
      } else if (!(code >= 0x20)) {
        // NaN too, which is the value beyond the end.
        throw this.error('a string that does not end');
      }
    }
    this.at = end + 1;
    if (!escaped) return this.text.slice(start + 1, end);
    try {
      return JSON.parse(this.text.slice(start, end + 1)) as string;
    } catch {
      throw this.error('a string with a wrong escape');
    }
  }

  private accept(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    for (; ; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  private error(found: string): JsonSyntaxError {
    return new JsonSyntaxError(found, this.at);
  }
}

/** Text from a file, made safe for a message: one line, of limited length. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text);
}
