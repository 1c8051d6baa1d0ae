/** [height, width, channel] */
export type ImageShape = readonly [number, number, number];
