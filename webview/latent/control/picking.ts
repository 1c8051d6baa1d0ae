import type { ExplorerStore } from '../model/state';
import type { Scatter } from '../points/scatter';

/** Picks points of the map: by a click, a tool or the search. */
export class Picking {
  constructor(
    private readonly store: ExplorerStore,
    private readonly scatter: Scatter,
  ) {
    scatter.onPick((index) => this.toggle(index));
    scatter.onCancel(() => {
      store.selection.select([]);
      store.update({ picked: [], probe: undefined, reencoded: undefined });
    });
  }

  /** Picks a point and brings it into view. */
  show(index: number): void {
    this.pick([...this.store.state.picked.filter((each) => each !== index), index]);
    this.scatter.reveal(index);
  }

  private toggle(index: number): void {
    const { picked } = this.store.state;
    this.pick(picked.includes(index) ? picked.filter((each) => each !== index) : [...picked, index]);
  }

  /** Keeps the last two. A newly picked image is decoded as its own class, until another class is chosen. */
  private pick(indices: readonly number[]): void {
    const { points, picked: before, label } = this.store.state;
    const picked = indices.slice(-2);
    const added = picked.findLast((index) => !before.includes(index));
    const own = added === undefined ? undefined : points?.labels?.[added];
    this.store.update({ picked, label: points?.model.isConditional ? (own ?? label) : label });
  }
}
