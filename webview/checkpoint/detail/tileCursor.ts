import type { TensorTiles } from '../../../src/protocol/tensors';
import { element, setHidden } from '../../shared/dom';
import type { TileGrid } from './tilePainter';

/** A frame around the image that the arrow keys have selected. */
export class TileCursor {
  readonly node = element('div', { class: 'tile-cursor', hidden: true });
  private at: number | undefined;

  /**
   * The image that a key selects; undefined for other keys.
   * @param scale pixels of the page in one of the canvas
   */
  move(key: string, tiles: TensorTiles, grid: TileGrid, scale: number): number | undefined {
    const steps: Record<string, number> = {
      ...{ ArrowRight: 1, ArrowLeft: -1, ArrowDown: grid.columns, ArrowUp: -grid.columns },
      ...{ Home: -Infinity, End: Infinity },
    };
    const step = steps[key];
    if (step === undefined) return undefined;
    // The first key only shows the cursor.
    const wanted = this.at === undefined ? 0 : this.at + step;
    const last = tiles.count - 1;
    // Down stays if no image is below; Home and End stop at the first and last image.
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

  /** Updates for other images or sizes. */
  hide(): void {
    this.at = undefined;
    setHidden(this.node, true);
  }
}
