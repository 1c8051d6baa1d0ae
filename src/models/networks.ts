import { pixelsOf, type ImageShape } from '../common/imageShape';
import type { NetworkSpecification } from '../protocol/specification';
import { activation, convolution, dense, halved, reshape, sequence, transposedConvolution } from './layers';
import type { Layer } from './layers';

/**
 * Encoders and decoders of images: a trunk of hidden layers, and heads on top of it, one a quantity that the network
 * computes (mean, log-variance, logits). Decoders mirror encoders.
 */
export interface Network {
  readonly trunk: Layer;
  /** A linear layer from the trunk's last activations to the named quantity. */
  head(name: string): Layer;
}

/** [batch, height, width, channel] → each head: [batch, outputs] */
export function encoderNetwork(specification: NetworkSpecification, image: ImageShape, outputs: number): Network {
  const hidden: Layer[] = [];
  let features = pixelsOf(image);
  if (specification.kind === 'mlp') {
    hidden.push(reshape([features]));
    for (const [index, units] of specification.hidden.entries()) {
      hidden.push(dense(`encoder.hidden.${index}`, features, units), activation(specification.activation));
      features = units;
    }
  } else {
    const levels = pyramid(specification.channels, image);
    for (const [index, [, , channels]] of levels.slice(1).entries()) {
      hidden.push(convolution(`encoder.convolution.${index}`, levels[index]![2], channels));
      hidden.push(activation(specification.activation));
    }
    features = pixelsOf(levels.at(-1)!);
    hidden.push(reshape([features]));
  }
  return { trunk: sequence(hidden), head: (name) => dense(`encoder.${name}`, features, outputs) };
}

/** [count, latent] → each head: [count, height · width · channel] */
export function decoderNetwork(specification: NetworkSpecification, image: ImageShape, latent: number): Network {
  const pixels = pixelsOf(image);
  const hidden: Layer[] = [];
  if (specification.kind === 'mlp') {
    let features = latent;
    for (const [index, units] of specification.hidden.toReversed().entries()) {
      hidden.push(dense(`decoder.hidden.${index}`, features, units), activation(specification.activation));
      features = units;
    }
    return { trunk: sequence(hidden), head: (name) => dense(`decoder.${name}`, features, pixels) };
  }
  const levels = pyramid(specification.channels, image).toReversed();
  const top = levels[0]!;
  hidden.push(dense('decoder.projection', latent, pixelsOf(top)), activation(specification.activation), reshape(top));
  for (const [index, [height, width, channels]] of levels.slice(1, -1).entries()) {
    const name = `decoder.convolution.${index}`;
    hidden.push(transposedConvolution(name, levels[index]![2], channels, [height, width]));
    hidden.push(activation(specification.activation));
  }
  const [height, width, channels] = image;
  const inputs = levels.at(-2)![2];
  return {
    trunk: sequence(hidden),
    head: (name) =>
      sequence([transposedConvolution(`decoder.${name}`, inputs, channels, [height, width]), reshape([pixels])]),
  };
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
