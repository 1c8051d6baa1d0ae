import { element, setHidden } from '../../shared/dom';
import type { Marks } from '../points/marks';

/** What a mark is drawn as, and what it means. What only follows the mouse says itself what it is. */
const MARKS: readonly {
  readonly name: string;
  readonly words: string;
  readonly there: (marks: Marks) => boolean;
  readonly letter?: string;
}[] = [
  { name: 'prior', words: 'prior at 1, 2, 3 σ', there: ({ prior }) => prior !== undefined },
  { name: 'letter', letter: 'A', words: 'picked', there: ({ picked }) => picked.length === 1 },
  { name: 'letter', letter: 'A B', words: 'picked', there: ({ picked }) => picked.length > 1 },
  { name: 'path', words: 'interpolation', there: ({ path }) => path.length > 1 },
  { name: 'probe', words: 'decoded', there: ({ probe }) => probe !== undefined },
  { name: 'reencoded', words: 'encoded again', there: ({ reencoded }) => reencoded !== undefined },
  { name: 'cursor', words: 'keyboard pointer', there: ({ cursor }) => cursor !== undefined },
];

/** What the marks among the points mean: those that are there, each with its sign. */
export class MarksLegend {
  private readonly items = MARKS.map(({ name, words, letter, there }) => {
    const signs = (letter ?? '')
      .split(' ')
      .map((text) => element('i', { class: `mark mark-${name}`, 'aria-hidden': letter === undefined && 'true' }, text));
    return { there, node: element('li', { hidden: true }, ...signs, words) };
  });
  readonly node = element(
    'ul',
    { class: 'marks-legend dim', 'aria-label': 'Marks on the map' },
    ...this.items.map(({ node }) => node),
  );

  show(marks: Marks): void {
    for (const { node, there } of this.items) setHidden(node, !there(marks));
  }
}
