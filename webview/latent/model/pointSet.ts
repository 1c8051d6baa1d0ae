import type { LatentDescription, LatentSet } from '../../../src/protocol/latent';

/** The data set of the points. */
export type SetChoice = LatentSet | 'all';

export interface SetRow {
  readonly set: LatentSet;
  readonly row: number;
}

/** Maps the index of a point to an image of one data set, or of the test set followed by the training set. */
export class PointSet {
  private readonly parts: readonly { readonly set: LatentSet; readonly begin: number; readonly count: number }[];
  readonly count: number;

  /** @param most maximum number of points */
  constructor(
    readonly choice: SetChoice,
    sets: LatentDescription['sets'],
    most: number,
  ) {
    let begin = 0;
    this.parts = (choice === 'all' ? (['test', 'train'] as const) : [choice]).map((set) => {
      const count = Math.max(0, Math.min(sets[set], most - begin));
      const part = { set, begin, count };
      begin += count;
      return part;
    });
    this.count = begin;
  }

  /** Number of images without the limit. */
  of(sets: LatentDescription['sets']): number {
    return this.parts.reduce((sum, { set }) => sum + sets[set], 0);
  }

  /** The image of a point. */
  at(index: number): SetRow {
    const part = this.parts.findLast(({ begin }) => index >= begin) ?? this.parts[0]!;
    return { set: part.set, row: index - part.begin };
  }

  /** Ranges that cover the points from `from` to `to`, each within one data set and of at most `most` points. */
  ranges(from: number, to: number, most: number): { set: LatentSet; row: number; index: number; count: number }[] {
    const ranges: { set: LatentSet; row: number; index: number; count: number }[] = [];
    for (const { set, begin, count } of this.parts) {
      const end = Math.min(begin + count, to);
      for (let index = Math.max(begin, from); index < end; index += most) {
        ranges.push({ set, row: index - begin, index, count: Math.min(most, end - index) });
      }
    }
    return ranges;
  }

  /** The image's number in its data set, which is named if there are two: "test 4021". */
  name(index: number): string {
    const { set, row } = this.at(index);
    return this.choice === 'all' ? `${set} ${row}` : String(row);
  }
}
