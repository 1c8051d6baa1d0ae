import { claimsToBePacked, unpack } from '../../src/protocol/packing';
import { errorMessage } from '../../src/common/systemError';

/**
 * Listens for the host's messages, which are packed: the only way for a page to receive any, as `postToPage` is for the host
 * to send them. What others post to the page (browser extensions, the editor itself) is passed over.
 *
 * @param types the types of message that the page knows
 * @param broken is called with the reason for a message that did not arrive as it was sent
 */
export function listenToHost<M extends { readonly type: string }>(
  types: readonly M['type'][],
  take: (message: M) => void,
  broken: (reason: string) => void,
): void {
  const isMessage = (data: unknown): data is M =>
    typeof data === 'object' && data !== null && 'type' in data && types.includes(data.type as M['type']);
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!claimsToBePacked(data)) return;
    let message: unknown;
    try {
      message = unpack(data);
    } catch (error) {
      return broken(errorMessage(error));
    }
    if (isMessage(message)) take(message);
  });
}
