/**
 * What a masked convolution may see (van den Oord et al. 2016, section 3.4): the rows above and, in its own row, the pixels to
 * the left; mask B the pixel itself, too. [height, width, 1, 1], to be multiplied with a kernel.
 */
export function rasterMask(height: number, width: number, kind: 'A' | 'B'): Float32Array {
  const centre = Math.floor(height / 2) * width + Math.floor(width / 2);
  return Float32Array.from({ length: height * width }, (_, at) => Number(kind === 'A' ? at < centre : at <= centre));
}
