/** Lets work that wants the model for itself, and work that shares it, take turns in the order in which they come. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private readonly sharing = new Set<Promise<unknown>>();

  /** After all that came before; all that comes later waits for it. */
  alone<T>(work: () => T | Promise<T>): Promise<T> {
    const result = Promise.all([this.last, ...this.sharing]).then(work);
    this.last = quiet(result);
    return result;
  }

  /** Along with others that share, once the last that came alone is done. */
  shared<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.last.then(work);
    const settled = quiet(result).finally(() => this.sharing.delete(settled));
    this.sharing.add(settled);
    return result;
  }
}

/** Settles with a promise, well in any case: whoever waits for a turn does not care how the one before went. */
function quiet(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(() => undefined);
}
