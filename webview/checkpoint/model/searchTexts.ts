import type { TensorRow } from '../../../src/protocol/tensors';

/** Names, types and shapes of rows in lower case. A file has few different types and shapes, so each is stored once. */
export class SearchTexts {
  private readonly names: readonly string[];
  private readonly kinds: readonly string[];

  constructor(rows: readonly TensorRow[]) {
    const known = new Map<string, string>();
    this.names = rows.map(({ name }) => name.toLowerCase());
    this.kinds = rows.map(({ type, shape }) => {
      const text = `${type}\n${shape.join('x')}`.toLowerCase();
      const same = known.get(text);
      if (same === undefined) known.set(text, text);
      return same ?? text;
    });
  }

  /** Whether each of the words, in lower case, occurs in the name, type or shape of a row. */
  fits(index: number, words: readonly string[]): boolean {
    const [name, kind] = [this.names[index]!, this.kinds[index]!];
    return words.every((word) => name.includes(word) || kind.includes(word));
  }
}
