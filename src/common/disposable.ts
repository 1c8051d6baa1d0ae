export interface Disposable {
  dispose(): void;
}

/** Owns disposables; one that is added after this is disposed of is disposed of at once, so that nothing leaks. */
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

  /** Last in, first out; a member that throws does not prevent disposal of the others. */
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
