import { Deferred } from '../../../src/common/deferred';
import { cancelled } from '../../../src/protocol/channel';
import type { Job, JobNews, JobResults } from './messages';
import program from './worker?inline-worker';

export interface JobListener {
  progress?(share: number, activity: string): void;
  positions?(positions: Float32Array): void;
}

/**
 * Runs a job in a worker of its own.
 * @throws RequestError with code `cancelled` if `signal` aborts, which terminates the worker
 */
export async function runJob<K extends Job['kind']>(
  job: Extract<Job, { readonly kind: K }>,
  listener: JobListener = {},
  signal?: AbortSignal,
): Promise<JobResults[K]> {
  const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
  const worker = new Worker(address, { type: 'module' });
  const done = new Deferred<JobResults[Job['kind']]>();
  const cancel = () => done.reject(cancelled());
  worker.addEventListener('message', ({ data }: MessageEvent<JobNews>) => {
    if (data.type === 'progress') listener.progress?.(data.share, data.activity);
    else if (data.type === 'positions') listener.positions?.(data.positions);
    else if (data.type === 'done') done.resolve(data.result);
    else done.reject(new Error(data.message));
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    done.reject(new Error(`The worker failed: ${event.message || 'it did not start'}.`));
  });
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (signal?.aborted) cancel();
    else worker.postMessage(job);
    // The worker answers a job with the result of its kind.
    return (await done.promise) as JobResults[K];
  } finally {
    signal?.removeEventListener('abort', cancel);
    worker.terminate();
    URL.revokeObjectURL(address);
  }
}
