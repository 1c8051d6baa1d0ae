import * as tf from '@tensorflow/tfjs-core';
import { convolution, masked, rasterMask, type LayerScope } from '../../../src/models/layers';
import { bernoulliLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';

const BLOCKS = 7;
const NARROW = 32;
const WIDE = 2 * NARROW;
const masks = { first: rasterMask([7, 7], 'A'), block: rasterMask([3, 3], 'B') };

/** x + 1×1 (3×3 masked (1×1 (x))), a ReLU before each (van den Oord et al. 2016, figure 5) */
function residual(scope: LayerScope, block: string, x: tf.Tensor): tf.Tensor {
  const options = { kernel: 3, parametrization: masked(masks.block) } as const;
  const inside = convolution(scope, `${block}.in`, tf.relu(x), NARROW, { kernel: 1 });
  const seen = convolution(scope, `${block}.masked`, tf.relu(inside), NARROW, options);
  return tf.add(x, convolution(scope, `${block}.out`, tf.relu(seen), WIDE, { kernel: 1 }));
}

/** PixelCNN for binary images: 7×7 mask A to 64 channels, 7 residual blocks 64-32-32-64, two 1×1 layers. */
export const pixelCnn: BenchmarkModel = {
  name: 'pixelcnn',
  title: 'small PixelCNN',
  optimizer: adam(1e-3),
  inputs: { images: { kind: 'bits', shape: [BATCH, 28, 28, 1] } },
  noise: {},
  step: (scope, { images }) => ({
    loss: () => {
      const options = { kernel: 7, parametrization: masked(masks.first) } as const;
      let x: tf.Tensor = convolution(scope, 'first', images!, WIDE, options);
      for (let block = 0; block < BLOCKS; block++) x = residual(scope, `block.${block}`, x);
      x = tf.relu(convolution(scope, 'head', tf.relu(x), NARROW, { kernel: 1 }));
      return bernoulliLoss(images!, convolution(scope, 'logits', x, 1, { kernel: 1 }));
    },
  }),
};
