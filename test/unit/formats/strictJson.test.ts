import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/formats/error';
import { parseStrictJson, quote, type StrictJson } from '../../../src/formats/strictJson';

/** As `JSON.parse` gives it. */
function toPlain(value: StrictJson): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, toPlain(each)]));
  return Array.isArray(value) ? value.map(toPlain) : value;
}

describe('parseStrictJson', () => {
  it('agrees with JSON.parse on every JSON text', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        expect(toPlain(parseStrictJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('accepts nothing that JSON.parse refuses', () => {
    const pieces = fc.constantFrom(
      ...'{}[]:,"\\ \n-+.eE0123456789tfnu',
      'true',
      'null',
      '"a"',
      '\\u12',
      '\u0001',
      '1e5',
      '01',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let parsed: unknown;
        try {
          parsed = toPlain(parseStrictJson(text));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          return;
        }
        expect(parsed).toEqual(JSON.parse(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses a key that comes twice, also when it is written differently', () => {
    expect(() => parseStrictJson('{"a":1,"b":{"a":2},"\\u0061":3}')).toThrow(
      'the key "a" a second time at character 27',
    );
  });

  it('refuses deep nesting instead of running out of stack', () => {
    expect(() => parseStrictJson('['.repeat(1_000_000))).toThrow('nesting deeper than 32');
    expect(parseStrictJson('[[1]]', { depth: 2 })).toEqual([[1]]);
    expect(() => parseStrictJson('[[[1]]]', { depth: 2 })).toThrow(FormatError);
  });

  it('refuses more values, lists or members than it is told to take', () => {
    expect(parseStrictJson('[[1],{"a":2}]', { values: 5, containers: 3, members: 2 })).toHaveLength(2);
    expect(() => parseStrictJson('[1,2,3]', { values: 3 })).toThrow('more than 3 values at character 5');
    expect(() => parseStrictJson('[{},[],{}]', { containers: 3 })).toThrow('more than 3 objects and lists');
    expect(() => parseStrictJson('[1,2,3]', { members: 2 })).toThrow('more than 2 members');
    expect(() => parseStrictJson('{"a":1,"b":2,"c":3}', { members: 2 })).toThrow('more than 2 members');
  });

  it('takes long strings', () => {
    const long = 'x'.repeat(2_000_000);
    expect(parseStrictJson(`"${long}\\n"`)).toBe(`${long}\n`);
  });
});

describe('quote', () => {
  it('makes one short line of any text', () => {
    expect(quote('a\n"b"')).toBe('"a\\n\\"b\\""');
    expect(quote('x'.repeat(1000)).length).toBe(102);
  });
});
