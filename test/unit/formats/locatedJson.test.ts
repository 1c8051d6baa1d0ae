import { describe, expect, it } from 'vitest';
import { parseLocatedJson, syntaxWords } from '../../../src/formats/locatedJson';
import { JsonSyntaxError } from '../../../src/formats/strictJson';

const text = `\uFEFF{
  "model": { "family": "vae", "__proto__": [1, 2.50] },
  "name"  :  "a\\"b"
}`;

describe('JSON that knows where things stand', () => {
  it('has the values that JSON.parse gives', () => {
    expect(parseLocatedJson(text).value).toEqual(JSON.parse(text.slice(1)));
  });

  it('says where keys and values stand, escapes, lists and a byte order mark included', () => {
    const json = parseLocatedJson(text);
    const cut = (path: (string | number)[], part: 'key' | 'value') => text.slice(...(json.span(path, part) ?? []));
    expect(cut(['model', 'family'], 'key')).toBe('"family"');
    expect(cut(['model', 'family'], 'value')).toBe('"vae"');
    expect(cut(['model', '__proto__', 1], 'value')).toBe('2.50');
    expect(cut(['name'], 'value')).toBe('"a\\"b"');
    expect(cut(['model'], 'value')).toBe('{ "family": "vae", "__proto__": [1, 2.50] }');
    expect(json.span(['model', 'latent'], 'value')).toBeUndefined();
  });

  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: a “,” or “}” is missing'],
    ['{ "a": 1, }', 'line 1, column 11: a key in quotes is missing, or there is an extra comma'],
    ['{ "a": }', 'line 1, column 8: a value is missing, or text without quotes is in its place'],
    ['', 'line 1, column 1: it ends unexpectedly'],
    ['{ "a": 1, "a": 2 }', 'line 1, column 14: the key "a" a second time'],
  ])('says in which line %j is no JSON', (wrong, words) => {
    let error: unknown;
    try {
      parseLocatedJson(wrong);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(JsonSyntaxError);
    expect(syntaxWords(error as JsonSyntaxError, wrong)).toBe(words);
  });
});
