const GAP = 10;
const PADDING = 12;
/** Longer names are truncated before a column is hidden. */
const NAME_WANTED = 200;
const NAME_LEAST = 100;
/** Minimum width of a truncated shape. */
const SHAPE_LEAST = 60;

/** Columns that are as wide as their widest possible content, or hidden. */
export type Fixed = 'type' | 'elements' | 'bytes' | 'change' | 'mean' | 'spark';
export type Column = 'name' | 'shape' | Fixed;

const ORDER: readonly Column[] = ['name', 'type', 'shape', 'elements', 'bytes', 'change', 'mean', 'spark'];
/** Columns in the order in which they are hidden. In a comparison, changes matter more than shapes. */
const LEFT_OUT: readonly Column[] = ['elements', 'bytes', 'spark', 'mean', 'type'];

/** Pixels. */
export interface Room {
  readonly width: number;
  /** Widths of the longest name and the longest shape. */
  readonly name: number;
  readonly shape: number;
  readonly fixed: Readonly<Record<Fixed, number>>;
  readonly compared: boolean;
}

export interface Layout {
  /** For `grid-template-columns`. */
  readonly template: string;
  readonly left: readonly Column[];
}

/**
 * Chooses the columns that fit: one after another is hidden before a shape is truncated, and long names take precedence
 * over shapes.
 */
export function layoutOf({ width, name, shape, fixed, compared }: Room): Layout {
  const left = new Set<Column>(compared ? [] : ['change']);
  const wanted = Math.min(Math.max(name, NAME_LEAST), NAME_WANTED);
  const needed = (nameWidth: number) => {
    const shown = ORDER.filter((column) => !left.has(column));
    const widths = shown.map((column) => (column === 'name' ? nameWidth : column === 'shape' ? shape : fixed[column]));
    return PADDING + GAP * (shown.length - 1) + widths.reduce((sum, each) => sum + each, 0);
  };
  const fits = (nameWidth: number) => needed(nameWidth) <= width;
  for (const column of LEFT_OUT) {
    if (fits(wanted)) break;
    left.add(column);
  }
  if (compared && !fits(NAME_LEAST)) left.add('shape');
  const least = fits(wanted) ? wanted : NAME_LEAST;
  const template = ORDER.filter((column) => !left.has(column)).map((column) => {
    if (column === 'name') return `minmax(${least}px, 1fr)`;
    if (column === 'shape') return `minmax(${Math.min(SHAPE_LEAST, shape)}px, ${shape}px)`;
    return `${column === 'mean' ? '[mean] ' : ''}${fixed[column]}px`;
  });
  return { template: template.join(' '), left: [...left] };
}
