/** Bytes that violate their format. The message says what was found and what was expected. */
export class FormatError extends Error {
  override name = 'FormatError';
}
