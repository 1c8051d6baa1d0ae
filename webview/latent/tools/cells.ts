import { arrowOf } from '../../shared/arrowKeys';
import { element } from '../../shared/dom';

/** Division of an image into cells. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Makes the cells of an image selectable by a click, or with the arrow keys and Enter. The returned element replaces
 * the image in the page.
 * @param grid the current division of the image
 * @param choose receives the index of the cell, row by row
 */
export function selectableCells(
  canvas: HTMLCanvasElement,
  grid: () => Grid,
  choose: (cell: number) => void,
): HTMLElement {
  const frame = element('i', { class: 'cell-cursor', hidden: true });
  const node = element('div', { class: 'cells' }, canvas, frame);
  canvas.tabIndex = 0;
  canvas.title = 'Choose an image with a click, or with arrow keys and Enter';
  let [column, row] = [0, 0];
  const place = () => {
    const { columns, rows } = grid();
    [column, row] = [Math.max(0, Math.min(columns - 1, column)), Math.max(0, Math.min(rows - 1, row))];
    Object.assign(frame.style, {
      left: `${(100 * column) / columns}%`,
      top: `${(100 * row) / rows}%`,
      width: `${100 / columns}%`,
      height: `${100 / rows}%`,
    });
  };
  canvas.addEventListener('click', (event) => {
    const { columns, rows } = grid();
    const { left, top, width, height } = canvas.getBoundingClientRect();
    column = Math.floor(((event.clientX - left) / width) * columns);
    row = Math.floor(((event.clientY - top) / height) * rows);
    place();
    choose(row * columns + column);
  });
  canvas.addEventListener('keydown', (event) => {
    const step = arrowOf(event);
    if (step) [column, row] = [column + step[0], row + step[1]];
    else if (event.key !== 'Enter') return;
    event.preventDefault();
    frame.hidden = false;
    place();
    if (!step) choose(row * grid().columns + column);
  });
  canvas.addEventListener('blur', () => (frame.hidden = true));
  return node;
}
