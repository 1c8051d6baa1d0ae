import type { Method, Parameters, Results } from '../protocol/control';
import { ConnectError, ControlClient, type ConnectOptions } from './client';

/** How long to wait for another controller to finish. */
const PATIENCE_MILLISECONDS = 3_000;
const RETRY_MILLISECONDS = 50;

/**
 * Takes control of a run for the duration of one action. Waits a moment while another client has control; throws {@link
 * ConnectError} if it keeps it, or if no trainer serves the run.
 */
export async function withControl<T>(
  options: Omit<ConnectOptions, 'role'>,
  act: (client: ControlClient) => Promise<T>,
): Promise<T> {
  const client = await takeControl(options);
  try {
    return await act(client);
  } finally {
    client.dispose();
  }
}

/** One request as controller. */
export function control<M extends Method>(
  options: Omit<ConnectOptions, 'role'>,
  method: M,
  parameters: Partial<Parameters<M>>,
): Promise<{ value: Results[M]; body: Uint8Array }> {
  return withControl(options, (client) => client.request(method, parameters));
}

async function takeControl(options: Omit<ConnectOptions, 'role'>): Promise<ControlClient> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    try {
      return await ControlClient.connect({ ...options, role: 'controller' });
    } catch (error) {
      const busy = error instanceof ConnectError && error.reason === 'controlled';
      if (!busy || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }
}
