import { FormatError } from '../error';

/** A value of Python, as far as headers of NumPy files hold such: no calls, no names, nothing that could be executed. */
export type Literal = string | number | boolean | null | Literal[] | Map<string, Literal>;

const NUMBER = /[+-]?\d+/y;
const WORDS: readonly (readonly [string, boolean | null])[] = [
  ['True', true],
  ['False', false],
  ['None', null],
];
const MAXIMUM_DEPTH = 16;

/** Parses a literal of Python; tuples and lists are the same to us. Throws {@link FormatError}. */
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
    if (first === '(') return this.items(')', depth);
    if (first === '[') return this.items(']', depth);
    if (first === "'" || first === '"') return this.string(first);
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
      if (typeof key !== 'string' || entries.has(key)) throw this.error('a key that is none or comes twice');
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

  private string(mark: string): string {
    const end = this.text.indexOf(mark, this.at + 1);
    if (end < 0) throw this.error('a string that does not end');
    const text = this.text.slice(this.at + 1, end);
    // Names of types and fields need no escapes, so none are resolved.
    if (text.includes('\\')) throw this.error('an escape in a string');
    this.at = end + 1;
    return text;
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
