export interface Disposable {
  dispose(): void;
}

/** Owns disposables; a member that arrives after the owner's end is disposed at once, so that nothing can leak. */
export class DisposableStore implements Disposable {
  private members: Disposable[] = [];
  private ended = false;

  get disposed(): boolean {
    return this.ended;
  }

  add<T extends Disposable>(member: T): T {
    if (this.ended) member.dispose();
    else this.members.push(member);
    return member;
  }

  /** Last in, first out; a member that throws does not keep the others alive. */
  dispose(): void {
    if (this.ended) return;
    this.ended = true;
    const errors: unknown[] = [];
    for (const member of this.members.splice(0).reverse()) {
      try {
        member.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Some members could not be disposed of.');
  }
}

export function toDisposable(dispose: () => void): Disposable {
  return { dispose };
}
