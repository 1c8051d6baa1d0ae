import type { RefusalCode } from '../../protocol/control';

/** A request that cannot be granted; told to the client as it is. */
export class RefusedError extends Error {
  override name = 'RefusedError';
  constructor(
    message: string,
    readonly code: RefusalCode,
  ) {
    super(message);
  }
}
