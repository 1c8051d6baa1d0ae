import { setDisabled } from '../../shared/disabling';
import { element, setText } from '../../shared/dom';
import { NO_POINTS } from './toolbar';

export type Found =
  | { readonly kind: 'point'; readonly index: number }
  | { readonly kind: 'class'; readonly label: number }
  | { readonly kind: 'nothing' };

/**
 * What a search means: "#12" the point 12, "7" the class of that name or else the point, "boot" the class whose name begins so,
 * "train 12" the point that is called so.
 * @param points how many there are
 * @param name what a point is called
 */
export function interpret(
  text: string,
  classes: readonly string[],
  points: number,
  name: (index: number) => string = String,
): Found {
  const wanted = text.trim().toLowerCase();
  const number = /^#?\d+$/.test(wanted) ? Number(wanted.replace('#', '')) : NaN;
  const exact = classes.findIndex((name) => name.toLowerCase() === wanted);
  if (exact >= 0) return { kind: 'class', label: exact };
  if (number < points) return { kind: 'point', index: number };
  const called = /^[a-z]+ #?\d+$/.test(wanted) ? indexOf(wanted.replace('#', ''), points, name) : undefined;
  if (called !== undefined) return { kind: 'point', index: called };
  const begins = wanted === '' ? -1 : classes.findIndex((name) => name.toLowerCase().startsWith(wanted));
  return begins >= 0 ? { kind: 'class', label: begins } : { kind: 'nothing' };
}

function indexOf(wanted: string, points: number, name: (index: number) => string): number | undefined {
  for (let index = 0; index < points; index++) if (name(index) === wanted) return index;
  return undefined;
}

/** What a search does; both say in words what it was. */
export interface SearchActions {
  /** Something else is typed. */
  look(text: string): string;
  /** It is what is wanted. */
  go(text: string): string;
}

/** A field that leads to a point, or selects a class. */
export class Search {
  private readonly input = element('input', {
    type: 'search',
    placeholder: 'Class or #index',
    'aria-label': 'Find a point by #index (Enter picks it), or select a class by its name',
  });
  private readonly answer = element('span', { class: 'search-answer', role: 'status' });
  readonly node = element('form', { class: 'search' }, this.input, this.answer);

  constructor({ look, go }: SearchActions) {
    this.enabled = false;
    this.node.addEventListener('submit', (event) => {
      event.preventDefault();
      setText(this.answer, go(this.input.value));
    });
    this.input.addEventListener('input', () => setText(this.answer, look(this.input.value)));
    this.input.addEventListener('blur', () => setText(this.answer, ''));
  }

  /** Whether there is something to search. */
  set enabled(enabled: boolean) {
    setDisabled(this.input, enabled ? undefined : NO_POINTS);
  }
}
