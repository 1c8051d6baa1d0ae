import type { Panel, PanelKind, PanelOf } from './panels';

/** The panels of one kind, in the family's order. Separate from their schema, which no page bundles. */
export function panelsOf<Kind extends PanelKind>(
  presentation: { readonly panels: readonly Panel[] } | undefined,
  kind: Kind,
): PanelOf<Kind>[] {
  return (presentation?.panels ?? []).filter((panel): panel is PanelOf<Kind> => panel.kind === kind);
}
