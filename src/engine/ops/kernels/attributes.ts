/** Attributes of the kernels of `./names.ts`. */

export interface BatchNormalizationAttributes {
  readonly epsilon: number;
}

export interface MirrorPadAttributes {
  /** [before, after] of each axis */
  readonly paddings: readonly (readonly [number, number])[];
  readonly mode: 'reflect' | 'symmetric';
}

/** Of pooling over [batch, height, width, channel]. */
export interface PoolAttributes {
  readonly filterSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: 'SAME' | 'VALID';
}
