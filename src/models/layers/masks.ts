import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../../engine/ops';
import type { Parametrization } from './affine';

/** Ones and zeros that a kernel is multiplied by, in a shape that broadcasts to the kernel's. */
export interface Mask {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The kernel where the mask is 1, and 0 elsewhere: no gradient reaches the weights there. */
export function masked({ shape, values }: Mask): Parametrization {
  return (kernel) => tf.mul(kernel, constant(values, shape));
}

/**
 * What a convolution may see of an image that is generated in raster order (van den Oord et al. 2016, "Pixel Recurrent Neural
 * Networks", section 3.4): the rows above and, in its own row, the pixels to the left. Mask B, for all layers but the first,
 * lets a pixel see its own features, too.
 *
 * With several `colors`, generated one after the other, a layer's channels are divided among them in equal blocks (red's,
 * green's, blue's): at the pixel itself, mask A lets a color see those before it, and mask B itself besides.
 *
 * @returns [height, width, 1, 1], or [height, width, inputs, outputs] for several colors, by which `inputs` and `outputs` must be
 * divisible
 * @throws TypeError where they are not, or where the kernel has no center
 */
export function rasterMask(
  [height, width]: readonly [number, number],
  kind: 'A' | 'B',
  { colors, inputs, outputs }: { colors: number; inputs: number; outputs: number } = ONE_COLOR,
): Mask {
  if (height % 2 === 0 || width % 2 === 0) throw new TypeError(`A kernel of ${height} × ${width} has no center.`);
  if (inputs % colors !== 0 || outputs % colors !== 0) {
    throw new TypeError(`${inputs} and ${outputs} channels cannot be divided among ${colors} colors.`);
  }
  const center = Math.floor(height / 2) * width + Math.floor(width / 2);
  const values = Float32Array.from({ length: height * width * inputs * outputs }, (_, at) => {
    const position = Math.floor(at / (inputs * outputs));
    if (position !== center) return Number(position < center);
    const from = Math.floor(((Math.floor(at / outputs) % inputs) * colors) / inputs);
    const to = Math.floor(((at % outputs) * colors) / outputs);
    return Number(kind === 'A' ? from < to : from <= to);
  });
  return { shape: [height, width, inputs, outputs], values };
}
const ONE_COLOR = { colors: 1, inputs: 1, outputs: 1 };

/**
 * Connections of a dense layer by the degrees of its units (Germain et al. 2015, "MADE", equations 8 and 9). Input d has degree
 * d, counted from 1; a hidden unit of degree m depends on inputs up to m; output d on those before d.
 *
 * @param strictly of the output layer, whose units see only smaller degrees; other layers see equal ones, too
 * @returns [from.length, to.length]
 */
export function degreeMask(from: readonly number[], to: readonly number[], strictly = false): Mask {
  const values = Float32Array.from({ length: from.length * to.length }, (_, at) => {
    const [below, above] = [from[Math.floor(at / to.length)]!, to[at % to.length]!];
    return Number(strictly ? below < above : below <= above);
  });
  return { shape: [from.length, to.length], values };
}

/** Degrees of the inputs, and of the outputs: 1, 2, …, `count`, the natural order. */
export function naturalDegrees(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Degrees of `units` hidden units over `inputs` inputs: 1 to inputs − 1 in turn, and from the start again. */
export function hiddenDegrees(units: number, inputs: number): number[] {
  return Array.from({ length: units }, (_, unit) => 1 + (unit % Math.max(1, inputs - 1)));
}
