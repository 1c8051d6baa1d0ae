import type { RefusalCode } from '../../protocol/control';

/** A request that is refused; the client receives this message and code. */
export class RefusedError extends Error {
  override name = 'RefusedError';
  constructor(
    message: string,
    readonly code: RefusalCode,
  ) {
    super(message);
  }
}
