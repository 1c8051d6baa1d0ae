import type { TensorTiles } from '../../../src/protocol/tensors';
import { element, setHidden } from '../../shared/dom';
import type { TileGrid } from './tilePainter';

/** A frame around the picture that arrow keys have gone to. */
export class TileCursor {
  readonly node = element('div', { class: 'tile-cursor', hidden: true });
  private at: number | undefined;

  /**
   * The picture that a key goes to; undefined for a key that goes nowhere.
   * @param scale pixels of the page in one of the canvas
   */
  move(key: string, tiles: TensorTiles, grid: TileGrid, scale: number): number | undefined {
    const steps: Record<string, number> = {
      ...{ ArrowRight: 1, ArrowLeft: -1, ArrowDown: grid.columns, ArrowUp: -grid.columns },
      ...{ Home: -Infinity, End: Infinity },
    };
    const step = steps[key];
    if (step === undefined) return undefined;
    // The first key shows where one is.
    const wanted = this.at === undefined ? 0 : this.at + step;
    const last = tiles.count - 1;
    // Down from the last line but one, where nothing is below, stays; Home and End go as far as there is something.
    const at = Number.isFinite(step) && (wanted < 0 || wanted > last) ? this.at! : Math.max(0, Math.min(last, wanted));
    this.at = at;
    const { style } = this.node;
    style.left = `${(at % grid.columns) * grid.pitchX * scale}px`;
    style.top = `${Math.floor(at / grid.columns) * grid.pitchY * scale}px`;
    style.width = `${tiles.width * grid.zoom * scale}px`;
    style.height = `${tiles.height * grid.zoom * scale}px`;
    setHidden(this.node, false);
    this.node.scrollIntoView({ block: 'nearest' });
    return at;
  }

  /** Other pictures are drawn, or other sizes. */
  hide(): void {
    this.at = undefined;
    setHidden(this.node, true);
  }
}
