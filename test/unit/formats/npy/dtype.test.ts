import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FormatError } from '../../../../src/formats/error';
import { parseDescr } from '../../../../src/formats/npy/dtype';
import { parseLiteral } from '../../../../src/formats/npy/literal';
import { requirePeers, runPeer } from '../../support/python';

const code = fc.constantFrom(
  ...["'<f4'", "'>i2'", "'|b1'", "'=u8'", "'float32'", "'int8'", "'bool'", "'complex64'", "'half'", "'<U3'", "'|S5'"],
  ...["'|V7'", "'<M8[ns]'", "'<m8[D]'", "'d'", "'i'", "'<e'", "'?'", '"uint16"', "u'<f8'", "'<f' '4'", "'f3'", "'x9'"],
);
const { descr } = fc.letrec<{ descr: string; field: string }>((tie) => ({
  descr: fc.oneof({ maxDepth: 3 }, code, fc.array(tie('field'), { minLength: 1, maxLength: 4 }).map(named)),
  field: fc
    .tuple(tie('descr'), fc.constantFrom('', ', (2,)', ', (2, 3)', ', 4', ', ()'))
    .map(([type, shape]) => `${type}${shape}`),
}));
/** With names of which some need escapes and some have a title. */
function named(fields: readonly string[]): string {
  const names = ["'a'", "'b\\n(\\xb0C)'", "('title', 'c')", "'d\\'\\u0416'"];
  return `[${fields.map((field, i) => `(${names[i]}, ${field})`).join(', ')}]`;
}

describe('the type of a NumPy array', () => {
  it('takes the bytes that NumPy says', async (context) => {
    const python = requirePeers(context);
    const literals = fc.sample(descr, { numRuns: 600, seed: 11 });
    const sizes = z
      .array(z.number().nullable())
      .parse(await runPeer(python, 'tensors_peer.py', 'sizes', JSON.stringify(literals)));
    expect(sizes.filter((size) => size !== null).length).toBeGreaterThan(200);
    for (const [i, literal] of literals.entries()) {
      const parse = () => parseDescr(parseLiteral(literal));
      if (sizes[i] === null) expect(parse, literal).toThrow(FormatError);
      else expect(parse().itemBytes, literal).toBe(sizes[i]);
    }
  });

  it('is a pickle wherever objects are within it', () => {
    expect(parseDescr(parseLiteral("[('a', '<f4'), ('b', [('c', '|O')], (2,))]")).kind).toBe('object');
  });
});
