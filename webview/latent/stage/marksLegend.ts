import { element, setHidden, setText } from '../../shared/dom';
import type { Place } from '../maths/lasso';
import type { Marks } from '../points/marks';

type Mark = Exclude<keyof Marks, 'hovered' | 'outline'>;

/** Pixels of a mark with the gap after it, and of one letter more. */
const [SIGN, LETTER] = [24, 20];

/** What each mark means, and it alone at a place in pixels. What only follows the mouse says itself what it is. */
const MARKS: readonly {
  readonly mark: Mark;
  readonly words: string;
  readonly sign: (at: Place, marks: Marks) => Partial<Marks>;
}[] = [
  { mark: 'prior', words: 'prior at 1, 2, 3 σ', sign: (centre) => ({ prior: { centre, radii: [5] } }) },
  {
    mark: 'picked',
    words: 'picked',
    sign: ({ x, y }, { picked }) => ({
      picked: picked.map(({ letter }, i) => ({ letter, place: () => ({ x: x + LETTER * i, y }) })),
    }),
  },
  {
    mark: 'path',
    words: 'interpolation',
    sign: ({ x, y }) => ({ path: [-7, 7].map((by) => ({ x: x + by, y })) }),
  },
  { mark: 'probe', words: 'decoded', sign: (probe) => ({ probe }) },
  { mark: 'reencoded', words: 'encoded again', sign: (reencoded) => ({ reencoded }) },
  { mark: 'cursor', words: 'keyboard pointer', sign: (cursor) => ({ cursor }) },
];

function isThere(marks: Marks, mark: Mark): boolean {
  const there = marks[mark];
  return there !== undefined && !('length' in there && there.length === 0);
}

export interface MarkSign {
  /** What the mark means. */
  readonly name: string;
  /** Pixels up to the words beside it. */
  readonly sign: number;
  /** The mark alone, with its middle, or that of its first letter, at a place. */
  readonly at: (place: Place) => Marks;
}

/** The marks that are there. */
export function signsOf(marks: Marks): MarkSign[] {
  return MARKS.filter(({ mark }) => isThere(marks, mark)).map(({ mark, words, sign }) => ({
    name: words,
    sign: SIGN + (mark === 'picked' ? LETTER * (marks.picked.length - 1) : 0),
    at: (place) => ({ picked: [], path: [], outline: [], ...sign(place, marks) }),
  }));
}

/** What the marks among the points mean: those that are there, each with its sign. */
export class MarksLegend {
  private readonly letters = ['A', 'B'].map(() => element('i', { class: 'mark mark-picked' }));
  private readonly items = MARKS.map(({ mark, words }) => {
    const own = element('i', { class: `mark mark-${mark}`, 'aria-hidden': 'true' });
    return { mark, node: element('li', { hidden: true }, ...(mark === 'picked' ? this.letters : [own]), words) };
  });
  readonly node = element(
    'ul',
    { class: 'marks-legend dim', 'aria-label': 'Marks on the map' },
    ...this.items.map(({ node }) => node),
  );

  show(marks: Marks): void {
    for (const { mark, node } of this.items) setHidden(node, !isThere(marks, mark));
    this.letters.forEach((node, i) => {
      setText(node, marks.picked[i]?.letter ?? '');
      setHidden(node, i >= marks.picked.length);
    });
  }
}
