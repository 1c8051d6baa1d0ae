import { describe, expect, it } from 'vitest';
import { plain } from '../../../../src/host/ui/plain';

describe('text from files', () => {
  it('makes no link out of what looks like one: a message would run the command', () => {
    expect(plain('[Fix](command:workbench.action.terminal.new)')).not.toContain('](');
  });

  it('makes no icon', () => {
    expect(plain('$(verified) trusted')).not.toContain('$(');
  });

  it('loses control characters and those that turn the direction of text', () => {
    expect(plain('a\u0000\u001b[31mb\u202egnp.exe\u2066c')).toBe('a[31mbgnp.exec');
  });

  it('keeps line breaks, letters of all scripts, and everything else', () => {
    expect(plain('−ELBO 105.2\nβ = 4 · 変分 🙂')).toBe('−ELBO 105.2\nβ = 4 · 変分 🙂');
  });

  it('is cut where it is long', () => {
    expect(plain('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
  });
});
