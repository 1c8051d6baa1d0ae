import { describe, expect, it } from 'vitest';
import type { BackendInfo } from '../../../src/protocol/run';
import { bitDifference } from '../../../src/trainer/start/restore';

const TENSORFLOW: BackendInfo = {
  name: 'tensorflow',
  description: 'TensorFlow 2.21.0 CPU',
  version: '2.21.0',
  device: 'A CPU',
  flags: { threads: '2', oneDNN: 'on' },
};

describe('a resume', () => {
  it('promises the same bits where nothing differs, and in a first session', () => {
    expect(bitDifference(TENSORFLOW, { ...TENSORFLOW, flags: { ...TENSORFLOW.flags } })).toBeUndefined();
    expect(bitDifference(undefined, TENSORFLOW)).toBeUndefined();
  });

  it('names every difference that changes bits', () => {
    const now = { ...TENSORFLOW, version: '2.22.0', flags: { threads: '4', avx: 'yes' } };
    expect(bitDifference(TENSORFLOW, now)).toBe(
      'not bit for bit: version 2.22.0 instead of 2.21.0, threads 4 instead of 2, oneDNN unset instead of on, avx yes instead of unset',
    );
  });

  it('promises the same bits whatever kept native TensorFlow away', () => {
    const wasm: BackendInfo = { ...TENSORFLOW, name: 'wasm', version: '4.22.0', flags: { threads: '1' } };
    expect(bitDifference({ ...wasm, flags: { threads: '1', tensorflow: 'not set up' } }, wasm)).toBeUndefined();
  });

  it('says of another backend only that', () => {
    const wasm: BackendInfo = { ...TENSORFLOW, name: 'wasm', version: '4.22.0', flags: {} };
    expect(bitDifference(TENSORFLOW, wasm)).toBe('not bit for bit: backend wasm instead of tensorflow');
  });
});
