import { element, setHidden, setText } from '../../shared/dom';
import type { Place } from '../maths/lasso';
import type { Marks } from '../points/marks';

type Mark = Exclude<keyof Marks, 'hovered' | 'outline'>;

/** Width in pixels of a mark with its gap, and of a further letter. */
const [SIGN, LETTER] = [24, 20];

/**
 * Meaning of each mark, and the mark alone at a place in pixels. Marks that only follow the mouse need no explanation.
 */
const MARKS: readonly {
  readonly mark: Mark;
  readonly words: string;
  readonly sign: (at: Place, marks: Marks) => Partial<Marks>;
}[] = [
  { mark: 'prior', words: 'prior at 1, 2, 3 σ', sign: (center) => ({ prior: { center, radii: [5] } }) },
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
  /** Meaning of the mark. */
  readonly name: string;
  /** Width in pixels before the name. */
  readonly sign: number;
  /** The mark alone, with its center or that of its first letter at a place. */
  readonly at: (place: Place) => Marks;
}

/** The visible marks. */
export function signsOf(marks: Marks): MarkSign[] {
  return MARKS.filter(({ mark }) => isThere(marks, mark)).map(({ mark, words, sign }) => ({
    name: words,
    sign: SIGN + (mark === 'picked' ? LETTER * (marks.picked.length - 1) : 0),
    at: (place) => ({ picked: [], path: [], outline: [], ...sign(place, marks) }),
  }));
}

/** The legend of the visible marks. */
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
