import type { Foreign } from './advice';

/**
 * Recognizes a ZIP archive by the names of its members. `numpy.savez` without arrays writes an empty one.
 *
 * @param names of all members, in order
 */
export function byMembers(names: readonly string[]): 'keras' | 'npz' | Foreign {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (names.includes('model.weights.h5')) return 'keras';
  if (has(/^[^/]*\/?constants\.pkl$/)) return 'torchScript';
  if (has(/^[^/]*\/?data\.pkl$/)) return 'torchZip';
  if (names.length === 0 || has(/\.npy$/)) return 'npz';
  if (has(/(^|\/)saved_model\.pb$/)) return 'savedModel';
  if (has(/(^|\/)(\.zarray|\.zgroup|zarr\.json)$/)) return 'zarr';
  if (has(/\.mlmodel$/)) return 'coreml';
  if (names.includes('[Content_Types].xml')) return 'office';
  return 'zip';
}
