import * as tf from '@tensorflow/tfjs-core';
import type { MirrorPadAttributes } from './attributes';

/**
 * The gradient of mirrored padding: what lies in the padding is added, mirrored, to the entries that were copied there. Axis
 * by axis, since the corners are mirrored along each.
 */
export function mirrorPadGradient(dy: tf.Tensor, { paddings, mode }: MirrorPadAttributes): tf.Tensor {
  return paddings.reduce((gradient, sizes, axis) => folded(gradient, axis, sizes, mode === 'reflect' ? 1 : 0), dy);
}

/** `skipped` is 1 where the border itself is not repeated. */
function folded(dy: tf.Tensor, axis: number, [before, after]: readonly [number, number], skipped: number): tf.Tensor {
  const length = dy.shape[axis]! - before - after;
  const part = (start: number, size: number) =>
    tf.slice(
      dy,
      dy.shape.map((_, other) => (other === axis ? start : 0)),
      dy.shape.map((full, other) => (other === axis ? size : full)),
    );
  const placed = (mirrored: tf.Tensor, start: number, size: number) =>
    tf.pad(
      tf.reverse(mirrored, axis),
      dy.shape.map((_, other) => (other === axis ? [start, length - start - size] : [0, 0])),
    );
  let gradient = part(before, length);
  if (before > 0) gradient = tf.add(gradient, placed(part(0, before), skipped, before));
  if (after > 0) {
    gradient = tf.add(gradient, placed(part(before + length, after), length - skipped - after, after));
  }
  return gradient;
}
