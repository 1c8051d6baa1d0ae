import { tensorFlowStatus } from '../native';
import type { BackendInfo } from '../protocol/run';

/** "TensorFlow 2.21.0 CPU, 1 thread" */
export function backendWords({ description, flags }: BackendInfo): string {
  const { threads } = flags;
  return threads === undefined ? description : `${description}, ${threads} ${threads === '1' ? 'thread' : 'threads'}`;
}

/**
 * Advice if WebAssembly is only used because native TensorFlow is unavailable; undefined if it was requested, or if
 * TensorFlow is used.
 */
export async function fasterWords({ name, flags }: BackendInfo): Promise<string | undefined> {
  const reason = flags['tensorflow'];
  if (name !== 'wasm' || reason === undefined) return undefined;
  const slower = `Native TensorFlow would be faster, but: ${reason.replace(/\.$/, '')}.`;
  const { state, summary } = await tensorFlowStatus();
  if (state === 'unsupported') return `${slower} ${summary}`;
  return `${slower} For the next run, set it up${state === 'ready' ? ' again' : ''} with: latent tensorflow install`;
}
