/** What tells an edit of a hyper-parameter from one that takes another back. */
interface Edit {
  readonly step: number;
  readonly name: string;
  /** The step of the edit of the same name that this one takes back. */
  readonly takesBack?: number | undefined;
}

/** The last edit that still counts: one that takes another back is no edit, and neither is the one it takes back. */
export function lastEdit<E extends Edit>(changes: readonly E[]): E | undefined {
  const takenBack = ({ name, step }: Edit) => changes.some((each) => each.name === name && each.takesBack === step);
  return changes.findLast((change) => change.takesBack === undefined && !takenBack(change));
}
