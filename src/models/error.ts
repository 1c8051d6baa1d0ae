/** A model that cannot be made for the images that there are: why, and what can be done. */
export class ModelError extends Error {
  override name = 'ModelError';

  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}
