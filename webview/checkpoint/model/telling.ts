import { kernelOf, tileLayouts } from '../../../src/common/tileLayout';
import type { TensorRow } from '../../../src/protocol/tensors';
import { isOptimizers } from './lines';
import { compareNames } from './tree';

/** Tensors up to this size are read automatically; larger ones without images need a click. */
const SMALL_ELEMENTS = 4_000_000;
/** Gray, gray with alpha, color, color with alpha; four may also be the last frames of a game. */
const MOST_PIXEL_CHANNELS = 4;
/**
 * Recognized by names: a network that generates images instead of reading them. Its last layer has the shape of a first
 * one.
 */
const DRAWS = /(^|[^a-z])(dec|decoder|deconv|gen|generator|up|upsample)(?![a-z])|transpose/i;
/** In attention layers the width may happen to be a square, but no row is an image. */
const OF_TOKENS = /attn|attention|embed/i;
/** PyTorch's [outputs, inputs]; elsewhere a dense kernel is [inputs, outputs]. */
const BY_OUTPUTS = /weight$/;

/** Kinds of images in a tensor, the most informative first. */
const enum Kind {
  /** Convolution kernels over pixels. */
  PixelKernels,
  /** A dense layer on pixels. */
  PixelMatrix,
  /** A layer of a decoder that outputs pixels. */
  DrawnKernels,
  DrawnMatrix,
  Kernels,
  Matrix,
  Other,
}

interface Candidate {
  readonly name: string;
  readonly kind: Kind;
  /** Among tensors of one kind, the largest comes first. */
  readonly size: number;
}

/**
 * The most informative tensor of a file without a selection: the first layer over pixels, else the largest matrix that
 * can be read quickly. Undefined if none can be.
 */
export function tellingTensor(rows: readonly TensorRow[]): string | undefined {
  const weights = rows.filter(({ name, problem }) => problem === undefined && !isOptimizers(name));
  const convolutional = weights.some(({ name, shape }) => kernelOf(shape) !== undefined && !DRAWS.test(name));
  const tokens = weights.some(({ name }) => OF_TOKENS.test(name));
  let best: Candidate | undefined;
  for (const row of weights) {
    const candidate = rated(row, { convolutional, tokens });
    if (candidate !== undefined && (best === undefined || compare(candidate, best) < 0)) best = candidate;
  }
  return best?.name;
}

function rated(row: TensorRow, file: { convolutional: boolean; tokens: boolean }): Candidate | undefined {
  const { name, shape, elements } = row;
  const draws = DRAWS.test(name);
  const kernel = kernelOf(shape);
  if (kernel !== undefined) {
    const ofPixels = kernel.inputs <= MOST_PIXEL_CHANNELS;
    const kind = ofPixels ? (draws ? Kind.DrawnKernels : Kind.PixelKernels) : Kind.Kernels;
    return { name, kind, size: 0 };
  }
  // After convolutions, a square is the number of feature maps, which would look like noise.
  const side = file.tokens || (file.convolutional && !draws) ? 0 : sideOfPictures(row, draws);
  if (side > 0) return { name, kind: draws ? Kind.DrawnMatrix : Kind.PixelMatrix, size: side };
  if (elements > SMALL_ELEMENTS) return undefined;
  const matrix = shape.filter((length) => length > 1).length > 1;
  return { name, kind: matrix ? Kind.Matrix : Kind.Other, size: elements };
}

/** Width of the images that a dense layer takes or generates; 0 if there are none, or only one. */
function sideOfPictures({ name, shape }: TensorRow, draws: boolean): number {
  if (shape.length !== 2) return 0;
  const pixelsFirst = BY_OUTPUTS.test(name) === draws;
  const wanted = pixelsFirst ? 'Columns' : 'Rows';
  const layout = tileLayouts(shape).find(({ label, count }) => count > 1 && label.startsWith(wanted));
  return layout?.width ?? 0;
}

/** Breaks ties by name, which usually puts the first layers first. */
function compare(a: Candidate, b: Candidate): number {
  return a.kind - b.kind || b.size - a.size || compareNames(a.name, b.name);
}
