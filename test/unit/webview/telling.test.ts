import { describe, expect, it } from 'vitest';
import { tellingTensor } from '../../../webview/checkpoint/model/telling';

type Shapes = Readonly<Record<string, readonly number[]>>;

/** As the table of a file gives them: safetensors sorts by names, so the order says nothing of the network. */
const told = (shapes: Shapes, problem?: string) =>
  tellingTensor(
    Object.entries(shapes).map(([name, shape]) => {
      const elements = shape.reduce((product, size) => product * size, 1);
      return { name, type: 'F32', shape, elements, bytes: 4 * elements, problem };
    }),
  );

const CONVOLUTIONAL_VAE: Shapes = {
  'decoder.convolution.0.kernel': [4, 4, 32, 64],
  'decoder.hidden.0.kernel': [20, 3136],
  'decoder.logits.bias': [1],
  'decoder.logits.kernel': [4, 4, 1, 32],
  'encoder.convolution.0.bias': [32],
  'encoder.convolution.0.kernel': [4, 4, 1, 32],
  'encoder.convolution.1.kernel': [4, 4, 32, 64],
  'encoder.log_variance.kernel': [3136, 20],
  'encoder.mean.kernel': [3136, 20],
  'optimizer.adam.m.encoder.convolution.0.kernel': [4, 4, 1, 32],
};

const MLP_VAE: Shapes = {
  'decoder.hidden.0.kernel': [20, 400],
  'decoder.logits.bias': [784],
  'decoder.logits.kernel': [400, 784],
  'encoder.hidden.0.bias': [400],
  'encoder.hidden.0.kernel': [784, 400],
  'encoder.hidden.1.kernel': [400, 400],
  'encoder.mean.kernel': [400, 20],
  'optimizer.adam.m.encoder.hidden.0.kernel': [784, 400],
};

const RESNET_18: Shapes = {
  'bn1.weight': [64],
  'conv1.weight': [64, 3, 7, 7],
  'fc.weight': [1000, 512],
  'layer1.0.conv1.weight': [64, 64, 3, 3],
  'layer2.0.downsample.0.weight': [128, 64, 1, 1],
  'layer4.1.conv2.weight': [512, 512, 3, 3],
};

/** The layers of tf.keras.Model.save with the optimizer's state. */
const KERAS_H5: Shapes = {
  'model_weights/conv2d_1/conv2d_1/kernel:0': [3, 3, 32, 64],
  'model_weights/conv2d/conv2d/bias:0': [32],
  'model_weights/conv2d/conv2d/kernel:0': [3, 3, 1, 32],
  'model_weights/dense/dense/kernel:0': [1600, 10],
  'optimizer_weights/Adam/conv2d/kernel/m:0': [3, 3, 1, 32],
};

const GPT_2: Shapes = {
  'h.0.attn.bias': [1, 1, 1024, 1024],
  'h.0.attn.c_attn.weight': [768, 2304],
  'h.0.attn.c_proj.weight': [768, 768],
  'h.0.mlp.c_fc.weight': [768, 3072],
  'h.0.mlp.c_proj.weight': [3072, 768],
  'h.10.mlp.c_fc.weight': [768, 3072],
  'ln_f.weight': [768],
  'wpe.weight': [1024, 768],
  'wte.weight': [50257, 768],
};

describe('the tensor that is shown first', () => {
  it.each<[string, Shapes, string]>([
    ['our convolutional VAE', CONVOLUTIONAL_VAE, 'encoder.convolution.0.kernel'],
    ['our MLP VAE', MLP_VAE, 'encoder.hidden.0.kernel'],
    ['a ResNet of PyTorch', RESNET_18, 'conv1.weight'],
    ['an h5 file of Keras', KERAS_H5, 'model_weights/conv2d/conv2d/kernel:0'],
    // Not wte, which is too large to be read unasked, and no "picture" of 32 × 32 in color.
    ['GPT-2', GPT_2, 'h.0.mlp.c_fc.weight'],
  ])('is of %s the layer that looks at the input', (_, shapes, expected) => {
    expect(told(shapes)).toBe(expected);
  });

  it('is the first kernel on pixels, whichever layers come before it by name', () => {
    const mobileNet: Shapes = {
      'classifier.1.weight': [1000, 1280],
      'features.1.conv.0.0.weight': [32, 1, 3, 3],
      'features.10.conv.1.0.weight': [384, 1, 3, 3],
      'features.0.0.weight': [32, 3, 3, 3],
    };
    expect(told(mobileNet)).toBe('features.0.0.weight');
    const diffusion: Shapes = {
      'decoder.conv_in.weight': [512, 4, 3, 3],
      'encoder.conv_in.weight': [128, 3, 3, 3],
      'encoder.mid_block.attentions.0.to_q.weight': [512, 512],
    };
    expect(told(diffusion)).toBe('encoder.conv_in.weight');
    const transformer: Shapes = {
      'embeddings.patch_embeddings.projection.weight': [768, 3, 16, 16],
      'encoder.layer.0.attention.attention.query.weight': [768, 768],
    };
    expect(told(transformer)).toBe('embeddings.patch_embeddings.projection.weight');
    const keras3: Shapes = {
      'layers/conv2d_1/vars/0': [3, 3, 1, 8],
      'layers/conv2d/vars/0': [3, 3, 1, 8],
      'layers/conv2d_transpose/vars/0': [3, 3, 1, 8],
    };
    expect(told(keras3)).toBe('layers/conv2d/vars/0');
  });

  it('is the dense layer whose inputs are a picture, not that whose outputs are one', () => {
    const flat: Shapes = {
      'fc1.weight': [400, 784],
      'fc21.weight': [20, 400],
      'fc3.weight': [400, 20],
      'fc4.weight': [784, 400],
    };
    expect(told(flat)).toBe('fc1.weight');
    expect(told({ 'a/kernel': [400, 784], 'b/kernel': [784, 400] })).toBe('b/kernel');
    const mixed: Shapes = { 'decoder.up.kernel': [4, 4, 1, 32], 'encoder.hidden.0.kernel': [784, 400] };
    expect(told(mixed)).toBe('encoder.hidden.0.kernel');
  });

  it('is what a network draws with, where it only draws', () => {
    expect(told({ 'generator.0.kernel': [64, 3136], 'generator.out.kernel': [4, 4, 3, 32] })).toBe(
      'generator.out.kernel',
    );
    expect(told({ 'decoder.0.kernel': [20, 400], 'decoder.out.kernel': [400, 784] })).toBe('decoder.out.kernel');
  });

  it('is the largest of what is read in a moment, where nothing is a picture', () => {
    expect(told({ a: [3], b: [5, 3], c: [2_000_000], d: [3000, 2000] })).toBe('b');
    expect(told({ a: [3], b: [7], d: [3000, 2000] })).toBe('b');
    expect(told({ d: [3000, 2000] })).toBeUndefined();
    expect(told({})).toBeUndefined();
    expect(told(MLP_VAE, 'Values of type F4 are not decoded')).toBeUndefined();
  });
});
