import { runJob } from '../../webview/latent/projections/jobs';
import type { Job } from '../../webview/latent/projections/messages';

/** A page without a view, in which jobs run in the explorer's own worker and are timed. */
declare global {
  interface Window {
    benchJobs: {
      load(base64: string, dimensions: number): void;
      /** Milliseconds from the start of the worker to its answer. */
      time(kind: 'pca' | 'neighbors' | 'umap' | 'tsne', exact: boolean): Promise<number>;
    };
  }
}

let latents = { count: 0, dimensions: 1, data: new Float32Array(0) };

window.benchJobs = {
  load: (base64, dimensions) => {
    const data = new Float32Array(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
    latents = { count: data.length / dimensions, dimensions, data };
  },
  time: async (kind, exact) => {
    const begun = performance.now();
    const job: Job = kind === 'neighbors' ? { kind, latents, k: 15, exact } : { kind, latents };
    await runJob(job);
    return performance.now() - begun;
  },
};
