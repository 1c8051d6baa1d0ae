/** Data that cannot be read or that contradict each other: what is wrong with which file, and what can be done. */
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
