import { describe, expect, it } from 'vitest';
import { atMost, commonBeginning, shortNames } from '../../../src/common/names';

describe('names that begin alike', () => {
  it('differ from the beginning of a word on', () => {
    expect(commonBeginning(['vae-mnist-001', 'vae-mnist-002'])).toBe('vae-mnist-'.length);
    expect(commonBeginning(['lr=0.1', 'lr=0.15'])).toBe('lr=0.'.length);
    expect(commonBeginning(['a', 'b'])).toBe(0);
  });

  it('keep something where one is the beginning of another, or there is only one', () => {
    expect(commonBeginning(['vae', 'vae-2'])).toBe(0);
    expect(commonBeginning(['vae-', 'vae-2'])).toBeLessThan(5);
    expect(commonBeginning(['vae-mnist-001', 'vae-mnist-001'])).toBe(0);
    expect(commonBeginning([])).toBe(0);
  });

  it('lose their common prefix only if they are too long', () => {
    expect(shortNames(['vae-mnist-001', 'vae-mnist-002'])).toEqual(['vae-mnist-001', 'vae-mnist-002']);
    const long = 'convolutional-vae-fashion-mnist-beta-4-seed-';
    expect(shortNames([`${long}1`, `${long}2`])).toEqual(['…1', '…2']);
  });

  it('keep both ends where they are too long without a shared beginning', () => {
    const [first] = shortNames([`a${'x'.repeat(80)}1`, 'b']);
    expect(first).toMatch(/^ax+…x+1$/);
    expect(first!.length).toBeLessThan(60);
  });

  it('are counted where there are many', () => {
    expect(atMost(['a', 'b'], 2)).toBe('a, b');
    expect(atMost(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  });
});
