import { element } from '../../shared/dom';
import type { Theme } from '../../shared/theme';
import type { Camera } from './camera';
import { MarksPainter, type Marks } from './marks';

/** Draws the marks over the points on a canvas of its own. */
export class Overlay {
  readonly canvas = element('canvas', { class: 'overlay', 'aria-hidden': 'true' });
  private readonly context = this.canvas.getContext('2d');

  draw(camera: Camera, marks: Marks, theme: Theme): void {
    const { context } = this;
    if (!context) return;
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, camera.width, camera.height);
    new MarksPainter(context, camera, theme).draw(marks);
  }
}
