import { afterEach, expect, it, vi } from 'vitest';
import { step } from '../../../scripts/lib/steps.mjs';

afterEach(() => vi.restoreAllMocks());

it('a step says from its beginning how long it usually takes, and at its end how long it took', async () => {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  await step('Compiling', () => Promise.resolve(), 'about two minutes');
  expect(lines.join('')).toMatch(/Compiling … 0 s \(usually about two minutes\)[^]*Compiling: done, 0 s\n$/);
});
