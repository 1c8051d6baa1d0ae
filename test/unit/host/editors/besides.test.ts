import { describe, expect, it } from 'vitest';
import { besides } from '../../../../src/host/editors/checkpoint/besides';

describe('what a file is offered to be compared with', () => {
  it('is, of a run, its newest checkpoint first, and then what else lies there', () => {
    const names = ['step-00000469.safetensors', 'a.npz', 'b.safetensors', 'step-00000938.safetensors'];
    expect(names.sort(besides('step-00000100.safetensors'))).toEqual([
      'step-00000938.safetensors',
      'step-00000469.safetensors',
      'b.safetensors',
      'a.npz',
    ]);
  });

  it('is by name for other files, those of the same kind first', () => {
    const names = ['model-10.h5', 'z.npz', 'step-00000938.safetensors', 'model-2.H5', 'a.npz'];
    expect(names.sort(besides('model-1.h5'))).toEqual([
      'model-2.H5',
      'model-10.h5',
      'a.npz',
      'step-00000938.safetensors',
      'z.npz',
    ]);
  });
});
