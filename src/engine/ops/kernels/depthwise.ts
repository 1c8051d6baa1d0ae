import * as tf from '@tensorflow/tfjs-core';

type Attributes = Pick<tf.DepthwiseConv2dNativeBackpropInputAttrs, 'strides' | 'pad' | 'dilations' | 'dimRoundingMode'>;

/**
 * The gradients of a depthwise convolution y[n, i, j, c·m + q] = Σ x[n, i·s + u, j·t + v, c] · w[u, v, c, q], place by
 * place of the filter, for backends without such operations.
 */
export function depthwiseInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: [number, number, number, number],
  attributes: Attributes,
): tf.Tensor {
  const { rows, columns, strides, padding, padded } = geometry(inputShape, filter.shape, attributes);
  const [batch, , , channels] = inputShape;
  const [height, width, , multiplier] = filter.shape;
  const spreadDy = tf.reshape(dy, [batch, rows, columns, channels, multiplier]);
  let gradient: tf.Tensor = tf.zeros([batch, padded[0], padded[1], channels]);
  for (let u = 0; u < height; u++) {
    for (let v = 0; v < width; v++) {
      const weights = tf.reshape(tf.slice(filter, [u, v, 0, 0], [1, 1, channels, multiplier]), [channels, multiplier]);
      const part = tf.sum(tf.mul(spreadDy, weights), 4) as tf.Tensor4D;
      const apart = dilated(part, strides);
      const [, partHeight, partWidth] = apart.shape as [number, number, number, number];
      gradient = tf.add(
        gradient,
        tf.pad(apart, [
          [0, 0],
          [u, padded[0] - u - partHeight],
          [v, padded[1] - v - partWidth],
          [0, 0],
        ]),
      );
    }
  }
  return tf.slice(gradient, [0, padding.top, padding.left, 0], inputShape);
}

export function depthwiseFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: [number, number, number, number],
  attributes: Attributes,
): tf.Tensor {
  const { rows, columns, strides, padding } = geometry(x.shape, filterShape, attributes);
  const [batch, , , channels] = x.shape;
  const [height, width, , multiplier] = filterShape;
  const values = tf.pad(x, [
    [0, 0],
    [padding.top, padding.bottom],
    [padding.left, padding.right],
    [0, 0],
  ]);
  const spreadDy = tf.reshape(dy, [batch, rows, columns, channels, multiplier]);
  const places: tf.Tensor[] = [];
  for (let u = 0; u < height; u++) {
    for (let v = 0; v < width; v++) {
      const end = [batch, u + (rows - 1) * strides[0] + 1, v + (columns - 1) * strides[1] + 1, channels];
      const seen = tf.stridedSlice(values, [0, u, v, 0], end, [1, ...strides, 1]);
      places.push(tf.sum(tf.mul(tf.expandDims(seen, 4), spreadDy), [0, 1, 2]));
    }
  }
  return tf.reshape(tf.stack(places), filterShape);
}

function geometry(
  inputShape: [number, number, number, number],
  filterShape: [number, number, number, number],
  { strides, pad, dilations, dimRoundingMode }: Attributes,
) {
  const { outHeight, outWidth, strideHeight, strideWidth, padInfo } = tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  );
  const padded = [inputShape[1] + padInfo.top + padInfo.bottom, inputShape[2] + padInfo.left + padInfo.right] as const;
  return {
    rows: outHeight,
    columns: outWidth,
    strides: [strideHeight, strideWidth] as const,
    padding: padInfo,
    padded,
  };
}

/** Puts stride − 1 zeros between neighbors. */
function dilated(x: tf.Tensor4D, [s, t]: readonly [number, number]): tf.Tensor {
  if (s === 1 && t === 1) return x;
  const [batch, rows, columns, channels] = x.shape;
  const cells = tf.pad(tf.reshape(x, [batch, rows, 1, columns, 1, channels]), [
    [0, 0],
    [0, 0],
    [0, s - 1],
    [0, 0],
    [0, t - 1],
    [0, 0],
  ]);
  const wide = tf.reshape(cells, [batch, rows * s, columns * t, channels]);
  return tf.slice(wide, [0, 0, 0, 0], [batch, (rows - 1) * s + 1, (columns - 1) * t + 1, channels]);
}
