/** [height, width, channel] */
export type ImageShape = readonly [number, number, number];

/** How many numbers an image has. */
export function pixelsOf([height, width, channels]: ImageShape): number {
  return height * width * channels;
}
