import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, shortFloat } from '../../../src/common/csv';

describe('a line of CSV', () => {
  it('follows RFC 4180 for commas, quotes and line ends', () => {
    expect(csvLine(['a', 'b,c', 'say "x"', 'two\nlines', 1.5, -2])).toBe('a,"b,c","say ""x""","two\nlines",1.5,-2\r\n');
  });

  it('holds no text that a spreadsheet would take for a formula', () => {
    for (const text of ['=1+1', '+1', '-cmd', '@sum', ' =1', '\t=1', '\r=1', '=HYPERLINK("http://x")']) {
      const cell = csvLine([text]).replace(/^"/, '');
      expect(cell[0], text).toBe("'");
    }
    // A number is one, with its sign.
    expect(csvLine([-1.5])).toBe('-1.5\r\n');
  });
});

describe('a short float', () => {
  it('reads back as the same float32, in nine digits at most', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const short = shortFloat(value);
        expect(Math.fround(short) === value).toBe(true); // 0 may lose its sign
        expect(
          String(short)
            .replace(/e.*|[.-]/g, '')
            .replace(/^0+/, '')
            .replace(/0+$/, '').length,
        ).toBeLessThanOrEqual(9);
      }),
    );
    expect(shortFloat(Math.fround(0.1))).toBe(0.1);
  });
});
