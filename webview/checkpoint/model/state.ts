import { COLUMNS, type SortColumn, type TableView } from './lines';

export const TABS = ['values', 'histogram', 'images', 'norm'] as const;
export type Tab = (typeof TABS)[number];

/** State that the editor keeps over a reload of the window and while it is hidden. */
export interface ViewState {
  readonly table: TableView;
  /** Name of the selected tensor, since its index may change with the file. */
  readonly selected: string | undefined;
  readonly tab: Tab | undefined;
  readonly pane: 'tensor' | 'file';
  readonly scroll: number;
}

/**
 * More collapsed groups are not remembered, and the file opens with the default; a part of them would unfold the rest.
 */
const MOST_COLLAPSED = 2_000;

export function decodeState(state: unknown): ViewState {
  const { filter, sort, descending, differing, collapsed, selected, tab, pane, scroll } = recordOf(state);
  return {
    table: {
      filter: typeof filter === 'string' ? filter.slice(0, 1_000) : '',
      sort: isOneOf(COLUMNS, sort) ? sort : 'name',
      descending: descending === true,
      differing: differing === true,
      collapsed: new Set(Array.isArray(collapsed) ? collapsed.filter((path) => typeof path === 'string') : []),
    },
    selected: typeof selected === 'string' ? selected : undefined,
    tab: isOneOf(TABS, tab) ? tab : undefined,
    pane: pane === 'file' ? 'file' : 'tensor',
    scroll: typeof scroll === 'number' && scroll >= 0 ? scroll : 0,
  };
}

export function encodeState({ table, ...rest }: ViewState): unknown {
  const { collapsed, ...view } = table;
  return { ...rest, ...view, ...(collapsed.size <= MOST_COLLAPSED && { collapsed: [...collapsed] }) };
}

/** Whether the editor was shown before, so that collapsed groups are the user's choice. */
export function isRemembered(state: unknown): boolean {
  return 'collapsed' in recordOf(state);
}

export type { SortColumn };

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isOneOf<T extends string>(list: readonly T[], value: unknown): value is T {
  return (list as readonly unknown[]).includes(value);
}
