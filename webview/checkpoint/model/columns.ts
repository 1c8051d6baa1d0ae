/** What the table may leave out, and how wide its columns are; the name and the shape take what they need. */
const WIDTHS = { type: 40, elements: 76, bytes: 56, change: 78, mean: 122, spark: 76 } as const;
const GAP = 10;
const PADDING = 12;
/** Names that are longer are cut before a column is left out for them. */
const NAME_WANTED = 200;
const NAME_LEAST = 100;
/** A shape is cut no further. */
const SHAPE_LEAST = 60;

type Fixed = keyof typeof WIDTHS;
export type Column = 'name' | 'shape' | Fixed;

const ORDER: readonly Column[] = ['name', 'type', 'shape', 'elements', 'bytes', 'change', 'mean', 'spark'];
/** What matters least goes first. Changes, where files are compared, matter more than shapes. */
const LEFT_OUT: readonly Column[] = ['elements', 'bytes', 'spark', 'mean', 'type'];

/** Pixels. */
export interface Room {
  readonly width: number;
  /** Of the longest name and the longest shape. */
  readonly name: number;
  readonly shape: number;
  readonly compared: boolean;
}

export interface Layout {
  /** For `grid-template-columns`. */
  readonly template: string;
  readonly left: readonly Column[];
}

/** Which columns there is room for: one after the other is left out before a shape is cut, and long names come before shapes. */
export function layoutOf({ width, name, shape, compared }: Room): Layout {
  const left = new Set<Column>(compared ? [] : ['change']);
  const wanted = Math.min(Math.max(name, NAME_LEAST), NAME_WANTED);
  const fits = (nameWidth: number) => needed(left, nameWidth, shape) <= width;
  for (const column of LEFT_OUT) {
    if (fits(wanted)) break;
    left.add(column);
  }
  if (compared && !fits(NAME_LEAST)) left.add('shape');
  const least = fits(wanted) ? wanted : NAME_LEAST;
  const template = ORDER.filter((column) => !left.has(column)).map((column) => {
    if (column === 'name') return `minmax(${least}px, 1fr)`;
    if (column === 'shape') return `minmax(${Math.min(SHAPE_LEAST, shape)}px, ${shape}px)`;
    return `${column === 'mean' ? '[mean] ' : ''}${WIDTHS[column]}px`;
  });
  return { template: template.join(' '), left: [...left] };
}

function needed(left: ReadonlySet<Column>, name: number, shape: number): number {
  const shown = ORDER.filter((column) => !left.has(column));
  const widths = shown.map((column) => (column === 'name' ? name : column === 'shape' ? shape : WIDTHS[column]));
  return PADDING + GAP * (shown.length - 1) + widths.reduce((sum, width) => sum + width, 0);
}
