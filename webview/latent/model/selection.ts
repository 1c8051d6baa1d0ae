import { Emitter } from '../../../src/common/emitter';

/** Which points are selected, and which of their classes are shown. */
export class Selection {
  private readonly changed = new Emitter<void>();
  readonly onChange = this.changed.event;
  private chosen: Uint8Array = new Uint8Array(0);
  private hiddenClasses = new Set<number>();
  private size = 0;

  /** Clears the selection for `count` new points. */
  reset(count: number): void {
    this.chosen = new Uint8Array(count);
    this.size = 0;
    this.changed.fire();
  }

  get count(): number {
    return this.size;
  }

  has(index: number): boolean {
    return this.chosen[index] === 1;
  }

  /** Ascending. */
  get indices(): number[] {
    const indices: number[] = [];
    for (let i = 0; i < this.chosen.length; i++) if (this.chosen[i] === 1) indices.push(i);
    return indices;
  }

  /** @param how whether the points replace the selection, are added to it, or are removed from it */
  select(indices: readonly number[], how: 'replace' | 'add' | 'remove' = 'replace'): void {
    if (how === 'replace') this.chosen.fill(0);
    for (const index of indices) if (index < this.chosen.length) this.chosen[index] = how === 'remove' ? 0 : 1;
    this.size = this.chosen.reduce((sum, value) => sum + value, 0);
    this.changed.fire();
  }

  isShown(label: number): boolean {
    return !this.hiddenClasses.has(label);
  }

  toggleClass(label: number): void {
    if (!this.hiddenClasses.delete(label)) this.hiddenClasses.add(label);
    this.changed.fire();
  }

  /** Shows all classes or none. @param all number of classes */
  showClasses(all: number, shown: boolean): void {
    this.hiddenClasses = new Set(shown ? [] : Array.from({ length: all }, (_, i) => i));
    this.changed.fire();
  }

  /** Shows only one class, or all if only that one is shown. @param all number of classes */
  isolateClass(label: number, all: number): void {
    const alone = this.isShown(label) && this.hiddenClasses.size === all - 1;
    this.hiddenClasses = new Set(alone ? [] : Array.from({ length: all }, (_, i) => i).filter((i) => i !== label));
    this.changed.fire();
  }
}
