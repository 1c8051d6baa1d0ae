import { describe, expect, it } from 'vitest';
import { indentedJson } from '../../../src/common/indentedJson';

describe('JSON for people', () => {
  it('is indented, brackets in its strings left alone', () => {
    expect(indentedJson('{"a":["[\\"{",1]}')).toBe('{\n  "a": [\n    "[\\"{",\n    1\n  ]\n}');
  });

  it('is refused if indenting would inflate it, or if it is not JSON', () => {
    expect(indentedJson('['.repeat(40) + ']'.repeat(40))).toBeUndefined();
    expect(indentedJson('['.repeat(30) + ']'.repeat(30))).toContain('[]');
    expect(indentedJson(`"${'x'.repeat(300_000)}"`)).toBeUndefined();
    expect(indentedJson('nonsense')).toBeUndefined();
  });
});
