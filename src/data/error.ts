/** Unreadable or contradictory data; the message names the file, and `remedy` what to do. */
export class DataError extends Error {
  override name = 'DataError';

  constructor(
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
