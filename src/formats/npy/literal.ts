import { FormatError } from '../error';

/** A Python literal, as in headers of NumPy files: no calls, no names, nothing executable. */
export type Literal = string | number | boolean | null | Literal[] | Map<string, Literal>;

/** A list of Python's that was written in parentheses: a record's field is one, and its list of fields is none. */
export class Tuple extends Array<Literal> {}

const NUMBER = /[+-]?\d+/y;
/** Up to the first mark that is not escaped, on one line. */
const STRING = /([uUbB]?)('(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")/y;
/** Python keeps a backslash before any other character. */
const ESCAPE = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[^])/g;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"', '\n': '' },
};
const WORDS: readonly (readonly [string, boolean | null])[] = [
  ['True', true],
  ['False', false],
  ['None', null],
];
const MAXIMUM_DEPTH = 16;

/** Parses a literal of Python. Throws {@link FormatError}. */
export function parseLiteral(text: string): Literal {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): Literal {
    if (depth > MAXIMUM_DEPTH) throw this.error('nesting that is too deep');
    this.skipSpace();
    const first = this.text[this.at];
    if (first === '{') return this.dictionary(depth);
    if (first === '(') return this.parenthesized(depth);
    if (first === '[') return this.items(']', depth);
    const string = this.strings();
    if (string !== undefined) return string;
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number === undefined) throw this.error('no value');
    this.at += number.length;
    // Python 2 wrote long integers so.
    if (this.text[this.at] === 'L') this.at++;
    return Number(number);
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length) throw this.error('more text');
  }

  private dictionary(depth: number): Map<string, Literal> {
    const entries = new Map<string, Literal>();
    this.at++;
    while (!this.accept('}')) {
      const key = this.value(depth + 1);
      if (typeof key !== 'string' || entries.has(key)) throw this.error('an invalid or duplicate key');
      if (!this.accept(':')) throw this.error('no “:”');
      entries.set(key, this.value(depth + 1));
      if (this.accept(',')) continue;
      if (this.accept('}')) return entries;
      throw this.error('neither “,” nor “}”');
    }
    return entries;
  }

  private items(close: string, depth: number): Literal[] {
    const items: Literal[] = [];
    this.at++;
    while (!this.accept(close)) {
      items.push(this.value(depth + 1));
      if (this.accept(',')) continue;
      if (this.accept(close)) return items;
      throw this.error(`neither “,” nor “${close}”`);
    }
    return items;
  }

  /** Without a comma parentheses only hold a value together. */
  private parenthesized(depth: number): Literal {
    const items = this.items(')', depth);
    const [only] = items;
    const comma = this.text
      .slice(0, this.at - 1)
      .trimEnd()
      .endsWith(',');
    return items.length === 1 && only !== undefined && !comma ? only : Tuple.from(items);
  }

  /** One string or several, which Python joins. */
  private strings(): string | undefined {
    let joined: string | undefined;
    for (;;) {
      this.skipSpace();
      STRING.lastIndex = this.at;
      const [whole, , text = ''] = STRING.exec(this.text) ?? [];
      if (whole === undefined) break;
      this.at += whole.length;
      joined = (joined ?? '') + this.unescaped(text.slice(1, -1));
    }
    if (joined === undefined && /['"]/.test(this.text[this.at] ?? '')) throw this.error('a string that does not end');
    return joined;
  }

  private unescaped(text: string): string {
    return text.replace(ESCAPE, (escape, letter: string) => {
      const named = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
      if (named !== undefined) return named;
      const octal = /^[0-7]/.test(letter);
      const code = octal ? parseInt(letter, 8) : /^[xuU]./.test(letter) ? parseInt(letter.slice(1), 16) : undefined;
      if (code === undefined) return escape;
      if (code > 0x10ffff) throw this.error('an invalid escape');
      return String.fromCodePoint(code);
    });
  }

  private accept(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private error(found: string): FormatError {
    return new FormatError(`it has ${found} at character ${this.at}`);
  }
}
