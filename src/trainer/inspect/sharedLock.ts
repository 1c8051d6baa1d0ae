/** A lock that is held exclusively by one caller or shared by several. Callers get it in the order in which they come. */
export class SharedLock {
  private last: Promise<unknown> = Promise.resolve();
  private readonly sharing = new Set<Promise<unknown>>();

  /** Runs the work after all earlier callers' and before all later ones'. */
  exclusive<T>(work: () => T | Promise<T>): Promise<T> {
    const result = Promise.all([this.last, ...this.sharing]).then(work);
    this.last = settled(result);
    return result;
  }

  /** Runs the work after the last exclusive one, at the same time as that of other sharers. */
  shared<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.last.then(work);
    const done = settled(result).finally(() => this.sharing.delete(done));
    this.sharing.add(done);
    return result;
  }
}

/** Resolves when a promise has settled: the next caller does not care how the one before fared. */
function settled(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(() => undefined);
}
