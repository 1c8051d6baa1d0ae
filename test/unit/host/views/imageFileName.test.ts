import { describe, expect, it } from 'vitest';
import { imageFileName } from '../../../../src/host/views/imageFileName';

const image = {
  run: 'vae-mnist-001',
  label: 'samples',
  step: 3100,
  mime: 'image/png',
  bytes: new Uint8Array(0),
} as const;

describe('the name of a saved image', () => {
  it('contains the run, the step and the seed', () => {
    expect(imageFileName(image)).toBe('vae-mnist-001-samples-step-3100.png');
    expect(imageFileName({ ...image, seed: 7 })).toBe('vae-mnist-001-samples-step-3100-seed-7.png');
  });

  it('has the ending of what it is', () => {
    expect(imageFileName({ ...image, mime: 'image/jpeg' })).toMatch(/\.jpg$/);
  });

  it('leads nowhere, whatever run and tag are called', () => {
    expect(imageFileName({ ...image, run: '../../etc', label: '/a b\\c' })).toBe('etc-a-b-c-step-3100.png');
    expect(imageFileName({ ...image, run: 'x'.repeat(500) }).length).toBeLessThan(130);
  });
});
