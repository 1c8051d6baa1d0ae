import type { StrictJson } from '../strictJson';
import type { Foreign } from './advice';

/** What a JSON document is: a model of several files, or none of these. */
export function byJson(root: StrictJson): 'tfjs' | 'safetensors index' | 'keras index' | Foreign {
  // Old converters wrote the manifest of TensorFlow.js into a separate file.
  if (Array.isArray(root)) return root.length > 0 && root.every(isGroup) ? 'tfjs' : 'json';
  if (!(root instanceof Map)) return 'json';
  if (root.has('weightsManifest')) return 'tfjs';
  const map = root.get('weight_map');
  // Keras lists several files for each layer, and safetensors names one for each tensor.
  if (map instanceof Map && map.size > 0 && [...map.values()].every(Array.isArray)) return 'keras index';
  if (map !== undefined) return 'safetensors index';
  if (root.has('zarr_format') || root.has('zarr_consolidated_format')) return 'zarr';
  const says = ['error', 'errors', 'message', 'detail', 'documentation_url'].filter((key) => root.has(key));
  return says.length > 0 && root.size <= 8 ? 'hubError' : 'json';
}

function isGroup(value: StrictJson): boolean {
  return value instanceof Map && (value.has('paths') || value.has('weights'));
}
