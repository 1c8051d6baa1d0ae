import { locateTensorFlow, type TensorFlowLocation } from './location';
import { unsupportedReason } from './wheels';

/** Whether native TensorFlow is ready, could be set up, or cannot run here; `summary` is a sentence for users. */
export type TensorFlowStatus =
  | { readonly state: 'ready'; readonly summary: string; readonly location: TensorFlowLocation }
  | { readonly state: 'missing' | 'unsupported'; readonly summary: string };

const ORIGINS = {
  wheel: 'fetched by Latent Studio',
  python: 'from your Python',
  folder: 'from LATENT_STUDIO_TENSORFLOW',
  package: 'installed by TensorFlow.js',
} as const;

export async function tensorFlowStatus(environment = process.env): Promise<TensorFlowStatus> {
  const location = await locateTensorFlow(environment);
  if (location) {
    const { version, device, source, libraryFolder } = location;
    const summary = `TensorFlow ${version} ${device.toUpperCase()}, ${ORIGINS[source]} (${libraryFolder})`;
    return { state: 'ready', summary, location };
  }
  const obstacle = unsupportedReason();
  if (obstacle) return { state: 'unsupported', summary: `WebAssembly is used: ${obstacle}` };
  return { state: 'missing', summary: 'WebAssembly is used until native TensorFlow is set up.' };
}
