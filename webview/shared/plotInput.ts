import type { Range } from './sceneOf';

/** User actions on a plot, in axis units. */
export interface PlotActions {
  toX(pixel: number): number;
  /** Moves by logged points from the cursor: ±1, ±10, or to either end (±∞). */
  stepBy(points: number): void;
  /** @param y CSS pixels from the plot's top */
  hover(x: number | undefined, y?: number): void;
  /** The picked position; without one, the cursor's. */
  pick(x?: number): void;
  zoom(range: Range | undefined): void;
}

/** A shorter drag is a click with an unsteady hand. */
const DRAG_THRESHOLD = 6;

/**
 * Pointer and keyboard input on a plot: hover, click to pick, drag to zoom, double click or Escape to reset the zoom.
 */
export function listenToPlot(plot: HTMLElement, selection: HTMLElement, actions: PlotActions): void {
  let origin: number | undefined;
  const position = (event: PointerEvent | MouseEvent) => event.clientX - plot.getBoundingClientRect().left;
  const dragged = (event: PointerEvent) => origin !== undefined && Math.abs(position(event) - origin) > DRAG_THRESHOLD;

  plot.addEventListener('pointermove', (event) => {
    actions.hover(actions.toX(position(event)), event.clientY - plot.getBoundingClientRect().top);
    selection.hidden = !dragged(event);
    if (origin === undefined || selection.hidden) return;
    const now = position(event);
    selection.style.left = `${Math.min(origin, now)}px`;
    selection.style.width = `${Math.abs(now - origin)}px`;
  });
  plot.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    origin = position(event);
    plot.setPointerCapture(event.pointerId);
  });
  plot.addEventListener('pointerup', (event) => {
    if (origin === undefined) return;
    const [from, to] = [origin, position(event)].sort((a, b) => a - b) as [number, number];
    if (dragged(event)) actions.zoom({ minimum: actions.toX(from), maximum: actions.toX(to) });
    else actions.pick(actions.toX(to));
    endDrag();
  });
  plot.addEventListener('pointercancel', endDrag);
  plot.addEventListener('pointerleave', () => actions.hover(undefined));
  plot.addEventListener('dblclick', () => actions.zoom(undefined));
  plot.addEventListener('blur', () => actions.hover(undefined));
  plot.addEventListener('keydown', (event) => {
    const points = event.shiftKey ? 10 : 1;
    if (event.key === 'ArrowLeft') actions.stepBy(-points);
    else if (event.key === 'ArrowRight') actions.stepBy(points);
    else if (event.key === 'Home') actions.stepBy(-Infinity);
    else if (event.key === 'End') actions.stepBy(Infinity);
    else if (event.key === 'Enter') actions.pick();
    else if (event.key === 'Escape') {
      actions.hover(undefined);
      actions.zoom(undefined);
    } else return;
    event.preventDefault();
  });

  function endDrag(): void {
    origin = undefined;
    selection.hidden = true;
  }
}
