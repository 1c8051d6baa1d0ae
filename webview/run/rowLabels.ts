import { element, setHidden } from '../shared/dom';

/** Names beside the rows of a grid of images, from the top; each is as high as its row. */
export class RowLabels {
  readonly node = element('div', { class: 'row-labels', 'aria-hidden': 'true', hidden: true });
  private drawn = '';

  show(rows: readonly string[] | undefined): void {
    setHidden(this.node, rows === undefined || rows.length === 0);
    const content = JSON.stringify(rows ?? []);
    if (content === this.drawn) return;
    this.drawn = content;
    this.node.replaceChildren(...(rows ?? []).map((row) => element('span', { title: row }, row)));
  }
}

/** The same for screen readers: "rows: data, model, data, model". */
export function rowWords(rows: readonly string[] | undefined): string {
  return rows === undefined || rows.length === 0 ? '' : `; rows: ${rows.join(', ')}`;
}
