import { tensorFlowStatus } from '../native';
import type { BackendInfo } from '../protocol/run';

/** "TensorFlow 2.21.0 CPU, 1 thread" */
export function backendWords({ description, flags }: BackendInfo): string {
  const { threads } = flags;
  return threads === undefined ? description : `${description}, ${threads} ${threads === '1' ? 'thread' : 'threads'}`;
}

/**
 * What can be done where WebAssembly trains only because native TensorFlow cannot; undefined where it trains because
 * that was asked for, or TensorFlow trains.
 */
export async function fasterWords({ name, flags }: BackendInfo): Promise<string | undefined> {
  const reason = flags['tensorflow'];
  if (name !== 'wasm' || reason === undefined) return undefined;
  const slower = `Native TensorFlow would be faster, but: ${reason.replace(/\.$/, '')}.`;
  const { state, summary } = await tensorFlowStatus();
  if (state === 'unsupported') return `${slower} ${summary}`;
  return `${slower} For the next run, set it up${state === 'ready' ? ' again' : ''} with: latent tensorflow install`;
}
