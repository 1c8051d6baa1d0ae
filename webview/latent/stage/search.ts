import { setDisabled } from '../../shared/disabling';
import { element, setText } from '../../shared/dom';
import type { Picking } from '../control/picking';
import type { Exploration, ExplorerStore } from '../model/state';
import type { Scatter } from '../points/scatter';
import type { SelectionTool } from '../tools/selectionTool';
import { NO_POINTS } from './toolbar';

export type Found =
  | { readonly kind: 'point'; readonly index: number }
  | { readonly kind: 'class'; readonly label: number }
  | { readonly kind: 'nothing' };

/**
 * The meaning of a search text: "#12" is point 12, "7" the class of that name or else the point, "boot" the first class
 * whose name starts with it, "train 12" the point of that name.
 * @param points number of points
 * @param name names a point
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
  const named = /^[a-z]+ #?\d+$/.test(wanted) ? indexOf(wanted.replace('#', ''), points, name) : undefined;
  if (named !== undefined) return { kind: 'point', index: named };
  const starting = wanted === '' ? -1 : classes.findIndex((name) => name.toLowerCase().startsWith(wanted));
  return starting >= 0 ? { kind: 'class', label: starting } : { kind: 'nothing' };
}

function indexOf(wanted: string, points: number, name: (index: number) => string): number | undefined {
  for (let index = 0; index < points; index++) if (name(index) === wanted) return index;
  return undefined;
}

/** A search field that picks a point or selects a class, and states the result beside it. */
export class Search {
  private readonly input = element('input', {
    type: 'search',
    placeholder: 'Class or #index',
    'aria-label': 'Find a point by #index (Enter picks it), or select a class by its name',
  });
  private readonly result = element('span', { class: 'search-answer', role: 'status' });
  readonly node = element('form', { class: 'search' }, this.input, this.result);

  constructor(
    private readonly store: ExplorerStore,
    private readonly scatter: Scatter,
    private readonly picking: Picking,
    private readonly selectionTool: SelectionTool,
  ) {
    setDisabled(this.input, NO_POINTS);
    store.on(['points'], () => setDisabled(this.input, undefined));
    this.node.addEventListener('submit', (event) => {
      event.preventDefault();
      const { exploration } = store;
      setText(this.result, exploration ? this.go(exploration) : '');
    });
    this.input.addEventListener('input', () => {
      const { exploration } = store;
      setText(this.result, exploration ? this.preview(exploration) : '');
    });
    this.input.addEventListener('blur', () => setText(this.result, ''));
  }

  private find(exploration: Exploration): Found {
    const classes = (exploration.labels && exploration.model.description.classes) ?? [];
    const { count } = exploration.encoding.latents;
    return interpret(this.input.value, classes, count, (index) => exploration.name(index));
  }

  /** Shows the point while the user types; picked points stay picked until Enter. */
  private preview(exploration: Exploration): string {
    const found = this.find(exploration);
    if (found.kind !== 'point') {
      this.scatter.setHover(undefined);
      return '';
    }
    this.scatter.reveal(found.index);
    return `Enter picks ${exploration.name(found.index)}`;
  }

  private go(exploration: Exploration): string {
    const found = this.find(exploration);
    if (found.kind === 'nothing') return 'no match';
    if (found.kind === 'point') {
      this.picking.show(found.index);
      return `point ${exploration.name(found.index)}`;
    }
    const { labels } = exploration;
    const indices = labels ? Array.from(labels.keys()).filter((index) => labels[index] === found.label) : [];
    this.store.selection.select(indices);
    this.selectionTool.reveal();
    const name = exploration.model.description.classes?.[found.label] ?? '';
    return `${indices.length.toLocaleString('en-US')} of class ${name}`;
  }
}
