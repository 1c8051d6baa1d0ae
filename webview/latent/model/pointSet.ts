import type { LatentDescription, LatentSet } from '../../../src/protocol/latent';

/** Which images the points are. */
export type SetChoice = LatentSet | 'all';

export interface SetRow {
  readonly set: LatentSet;
  readonly row: number;
}

/** Images of one data set, or of the test set and then the training set: what the index of a point means. */
export class PointSet {
  private readonly parts: readonly { readonly set: LatentSet; readonly begin: number; readonly count: number }[];
  readonly count: number;

  /** @param most how many points there may be */
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

  /** How many images there would be without a limit. */
  of(sets: LatentDescription['sets']): number {
    return this.parts.reduce((sum, { set }) => sum + sets[set], 0);
  }

  /** The image of a point. */
  at(index: number): SetRow {
    const part = this.parts.findLast(({ begin }) => index >= begin) ?? this.parts[0]!;
    return { set: part.set, row: index - part.begin };
  }

  /** Ranges of one data set each that together cover the points from `from` on, none longer than `most`. */
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

  /** "test 4,021" is the image's own number: points of two sets are named with their set. */
  name(index: number): string {
    const { set, row } = this.at(index);
    return this.choice === 'all' ? `${set} ${row}` : String(row);
  }
}
