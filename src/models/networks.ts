import { pixelsOf, type ImageShape } from '../common/imageShape';
import type { NetworkSpecification } from '../protocol/families/parts';
import { ModelError } from './error';
import {
  activation,
  conditioned,
  convolution,
  dense,
  halved,
  reshape,
  sequence,
  transposedConvolution,
} from './layers';
import type { Layer } from './layers';

/**
 * Encoders and decoders of images: a trunk of hidden layers, and heads on top of it, one a quantity that the network
 * computes (mean, log-variance, logits). Decoders mirror encoders. A network with a condition of `size` numbers is given it
 * in its first layer, which without hidden layers is its heads.
 */
export interface Network {
  readonly trunk: Layer;
  /** A linear layer from the trunk's last activations to the named quantity. */
  head(name: string): Layer;
}

/** [batch, height, width, channel] → each head: [batch, outputs] */
export function encoderNetwork(
  specification: NetworkSpecification,
  shape: readonly number[],
  outputs: number,
  size = 0,
): Network {
  const hidden: Layer[] = [];
  let features = sizeOf(shape);
  if (specification.kind === 'mlp') {
    hidden.push(reshape([features]));
    for (const [index, units] of specification.hidden.entries()) {
      const name = `encoder.hidden.${index}`;
      const layer = dense(name, features, units);
      hidden.push(index === 0 ? given(layer, name, size, units) : layer, activation(specification.activation));
      features = units;
    }
  } else {
    const levels = pyramid(specification.channels, imageOf(shape));
    for (const [index, [, , channels]] of levels.slice(1).entries()) {
      const name = `encoder.convolution.${index}`;
      const layer = convolution(name, levels[index]![2], channels);
      hidden.push(index === 0 ? given(layer, name, size, channels) : layer, activation(specification.activation));
    }
    features = pixelsOf(levels.at(-1)!);
    hidden.push(reshape([features]));
  }
  const linear = specification.kind === 'mlp' && specification.hidden.length === 0;
  return {
    trunk: sequence(hidden),
    head: (name) => {
      const layer = dense(`encoder.${name}`, features, outputs);
      return linear ? given(layer, `encoder.${name}`, size, outputs) : layer;
    },
  };
}

/** [count, latent] → each head: [count, height · width · channel] */
export function decoderNetwork(
  specification: NetworkSpecification,
  shape: readonly number[],
  latent: number,
  size = 0,
): Network {
  const pixels = sizeOf(shape);
  const hidden: Layer[] = [];
  if (specification.kind === 'mlp') {
    let features = latent;
    for (const [index, units] of specification.hidden.toReversed().entries()) {
      const name = `decoder.hidden.${index}`;
      const layer = dense(name, features, units);
      hidden.push(index === 0 ? given(layer, name, size, units) : layer, activation(specification.activation));
      features = units;
    }
    const linear = specification.hidden.length === 0;
    return {
      trunk: sequence(hidden),
      head: (name) => {
        const layer = dense(`decoder.${name}`, features, pixels);
        return linear ? given(layer, `decoder.${name}`, size, pixels) : layer;
      },
    };
  }
  const levels = pyramid(specification.channels, imageOf(shape)).toReversed();
  const top = levels[0]!;
  const projection = dense('decoder.projection', latent, pixelsOf(top));
  hidden.push(given(projection, 'decoder.projection', size, pixelsOf(top)));
  hidden.push(activation(specification.activation), reshape(top));
  for (const [index, [height, width, channels]] of levels.slice(1, -1).entries()) {
    const name = `decoder.convolution.${index}`;
    hidden.push(transposedConvolution(name, levels[index]![2], channels, [height, width]));
    hidden.push(activation(specification.activation));
  }
  const [height, width, channels] = imageOf(shape);
  const inputs = levels.at(-2)![2];
  return {
    trunk: sequence(hidden),
    head: (name) =>
      sequence([transposedConvolution(`decoder.${name}`, inputs, channels, [height, width]), reshape([pixels])]),
  };
}

/** A layer that is given a condition, where there is one. */
function given(layer: Layer, name: string, size: number, outputs: number): Layer {
  return size === 0 ? layer : conditioned(layer, name, size, outputs);
}

/** Throws {@link ModelError} for examples that are no images. */
function imageOf(shape: readonly number[]): ImageShape {
  const [height, width, channels, ...rest] = shape;
  if (height === undefined || width === undefined || channels === undefined || rest.length > 0) {
    throw new ModelError(
      `A convolutional network takes images, but an example of this data set has the shape ${shape.join('×')}.`,
      'Set model.network.kind to "mlp".',
    );
  }
  return [height, width, channels];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Shapes from the image up to the smallest feature map. */
function pyramid(channels: readonly number[], image: ImageShape): ImageShape[] {
  const levels = [image];
  for (const count of channels) {
    const [height, width] = levels.at(-1)!;
    levels.push([...halved([height, width]), count]);
  }
  return levels;
}
