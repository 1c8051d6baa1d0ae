import { kernelOf, tileLayouts } from '../../../src/common/tileLayout';
import type { TensorRow } from '../../../src/protocol/tensors';
import { isOptimizers } from './lines';
import { compareNames } from './tree';

/** Tensors up to this size are read automatically; larger ones without images need a click. */
const SMALL_ELEMENTS = 4_000_000;
/** Gray, with alpha, in color, in color with alpha; four are also a game's last frames. */
const MOST_PIXEL_CHANNELS = 4;
/**
 * By its names: the network that makes pictures instead of looking at them. Its last layer has the shape of a first
 * one.
 */
const DRAWS = /(^|[^a-z])(dec|decoder|deconv|gen|generator|up|upsample)(?![a-z])|transpose/i;
/** Where tokens are attended to, the width of a layer may happen to be a square, but no row of it is a picture. */
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
  /** Among those of a kind the largest comes first. */
  readonly size: number;
}

/**
 * The tensor that says most about a file of which nothing was selected yet: the first layer that looks at pixels, else
 * the largest matrix that is read in a moment. Undefined where none is read in a moment.
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
  // Behind convolutions a square is the feature maps' number, which shows noise.
  const side = file.tokens || (file.convolutional && !draws) ? 0 : sideOfPictures(row, draws);
  if (side > 0) return { name, kind: draws ? Kind.DrawnMatrix : Kind.PixelMatrix, size: side };
  if (elements > SMALL_ELEMENTS) return undefined;
  const matrix = shape.filter((length) => length > 1).length > 1;
  return { name, kind: matrix ? Kind.Matrix : Kind.Other, size: elements };
}

/** Width of the images that a dense layer takes or makes; 0 if there are none, or only one. */
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
