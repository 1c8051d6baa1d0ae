import { installTensorFlow, tensorFlowStatus } from '../native';
import type { Output } from './output';
import { EXIT } from './exit';

/** `tensorflow status`: the backend that a run would use. */
export async function showTensorFlow(output: Output): Promise<number> {
  const status = await tensorFlowStatus();
  const next = status.state === 'missing' ? ' Set it up with: latent tensorflow install' : '';
  output.result(status, `${status.summary}${next}`);
  return EXIT.done;
}

/** `tensorflow install`: sets up native TensorFlow; Ctrl-C cancels, and finished stages are kept. */
export async function setUpTensorFlow(output: Output, options: { python?: string }): Promise<number> {
  const cancel = new AbortController();
  const abort = () => cancel.abort();
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  try {
    await installTensorFlow({
      ...options,
      signal: cancel.signal,
      onProgress: (progress) => {
        // Not throttled, since it occurs once.
        if (progress.stage === 'skipped') output.result({ event: 'progress', ...progress }, progress.message);
        else output.stage({ event: 'progress', ...progress }, words(progress));
      },
    });
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    output.problem('Cancelled. What was finished is kept; the next setup continues there.');
    return EXIT.interrupted;
  } finally {
    process.off('SIGINT', abort);
    process.off('SIGTERM', abort);
  }
  const status = await tensorFlowStatus();
  output.result({ event: 'ready', ...status }, status.summary);
  return EXIT.done;
}

function words({ message, fraction }: { message: string; fraction?: number }): string {
  return fraction === undefined ? message : `${message} (${Math.floor(fraction * 100)} %)`;
}
