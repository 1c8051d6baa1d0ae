import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { issueWords } from '../../../src/protocol/issueWords';

type Code = z.core.$ZodIssue['code'];

/** A schema and a value for every kind of issue that there is; the type says so when a kind is added. */
const kinds: Readonly<Record<Code, readonly [z.ZodType, unknown, string][]>> = {
  invalid_type: [
    [z.number(), 'ten', 'must be a number, not "ten"'],
    [z.int(), 2.5, 'must be a whole number, not 2.5'],
    [z.string(), 3, 'must be text in quotes, not 3'],
    [z.boolean(), null, 'must be true or false, not null'],
    [z.array(z.string()), {}, 'must be a list […], not an object'],
    [z.object({}), [1, 2], 'must be an object {…}, not a list of 2'],
    [z.number(), undefined, 'is missing: it must be a number'],
  ],
  invalid_value: [
    [z.enum(['a', 'b', 'c']), 'd', 'must be "a", "b" or "c", not "d"'],
    [z.literal(1), 2, 'must be 1, not 2'],
  ],
  too_small: [
    // Of several possibilities the one that has the right type speaks alone.
    [z.union([z.int().min(1), z.literal('epoch')]), 0, 'must be at least 1, not 0'],
    [z.number().min(1), 0, 'must be at least 1, not 0'],
    [z.number().gt(0), 0, 'must be greater than 0, not 0'],
    [z.string().min(1), '', 'must not be empty'],
    [z.string().min(2), 'a', 'must have at least 2 characters, not "a"'],
    [z.array(z.int()).min(1), [], 'must have at least 1 entry, not an empty list'],
  ],
  too_big: [
    [z.number().max(10), 11, 'must be at most 10, not 11'],
    [z.number().lt(1), 1, 'must be less than 1, not 1'],
    [z.array(z.int()).max(1), [1, 2], 'must have at most 1 entry, not a list of 2'],
    [z.string().max(3), 'x'.repeat(99), `must have at most 3 characters, not "${'x'.repeat(39)}…"`],
  ],
  invalid_format: [
    [z.string().regex(/^a$/), 'b', 'must be text like /^a$/, not "b"'],
    [z.email(), 'b', 'must be text of the form “email”, not "b"'],
  ],
  not_multiple_of: [[z.number().multipleOf(4), 6, 'must be a multiple of 4, not 6']],
  unrecognized_keys: [
    [z.strictObject({}), { a: 1 }, 'has an unknown key: "a"'],
    [z.strictObject({}), { a: 1, b: 2 }, 'has unknown keys: "a" and "b"'],
  ],
  invalid_union: [
    [z.union([z.int().min(1), z.literal('epoch')]), 'x', 'must be a number or "epoch", not "x"'],
    [z.union([z.object({ a: z.int() }), z.object({ b: z.int() })]), {}, 'must be something else, not an object'],
    [z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]), { kind: 'b' }, 'must be "a", not "b"'],
    [z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]), {}, 'is missing: it must be "a"'],
    // One of them by default: that "undefined" chooses it, too, is nothing to write.
    [
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a').default('a') }),
        z.object({ kind: z.literal('b') }),
      ]),
      { kind: 'c' },
      'must be "a" or "b", not "c"',
    ],
  ],
  invalid_key: [[z.record(z.string().min(2), z.int()), { a: 1 }, 'must be a key of another kind, not "a"']],
  invalid_element: [
    [z.map(z.object({}), z.int()), new Map([[{}, 'b']]), 'must have entries of another kind, not an object'],
  ],
  custom: [
    [z.int().refine((value) => value > 1), 0, 'must be something else, not 0'],
    [z.int().refine((value) => value > 1, 'must be more than one'), 0, 'must be more than one'],
  ],
};

describe('what a schema finds wrong', () => {
  it.each(Object.entries(kinds))('%s is reported in plain language', (code, examples) => {
    for (const [schema, value, words] of examples) {
      const issue = schema.safeParse(value, { error: issueWords }).error?.issues[0];
      expect({ code: issue?.code, words: issue?.message }).toEqual({ code, words });
    }
  });
});
