import type * as tf from '@tensorflow/tfjs-core';
import { reshape } from '@tensorflow/tfjs-core';
import type { ImageShape } from '../common/imageShape';
import type { VariableDeclaration } from '../engine/program';
import type { NetworkSpecification } from '../protocol/families/parts';
import { ModelError } from './error';
import { activations, convolution, dense, flatten, transposedConvolution, variablesOf } from './layers';
import type { LayerScope } from './layers';

/**
 * Networks that a specification describes: a trunk of hidden layers, and heads on top of it, one a quantity that the network
 * computes (mean, log-variance, logits). Decoders mirror encoders; a discriminator is an encoder with one output. Examples
 * are images [height, width, channels] or, for fully connected networks, of any other shape, such as points [size].
 *
 * A network with a condition is given it in its first layer, which without hidden layers is its heads.
 */
export interface Network {
  /** What it takes, without the batch; `condition` is 0 where there is none. */
  readonly takes: { readonly input: readonly number[]; readonly condition: number };
  /** [batch, …input] → the last activations, for its heads alone. */
  trunk(scope: LayerScope, x: tf.Tensor, condition?: tf.Tensor): tf.Tensor;
  /** A linear layer from those activations to the quantity of that name: [batch, outputs]. */
  head(scope: LayerScope, name: string, hidden: tf.Tensor, condition?: tf.Tensor): tf.Tensor2D;
}

/** Who a network's variables are named after: `encoder.hidden.0.kernel`. */
type Named = Readonly<{ name?: string }>;

const PYRAMID = { kernel: 4, stride: 2 } as const;

/**
 * Examples [batch, …shape] → each head [batch, outputs]. A convolutional one halves height and width with each of its channels.
 * Throws {@link ModelError} for convolutions over anything but images.
 */
export function encoderNetwork(
  specification: NetworkSpecification,
  shape: readonly number[],
  outputs: number,
  condition = 0,
  { name = 'encoder' }: Named = {},
): Network {
  const activation = activations[specification.activation];
  const takes = { input: shape, condition };
  if (specification.kind === 'mlp') return perceptron(name, specification, takes, outputs);
  requireImages(shape);
  return {
    takes,
    trunk: (scope, x, given) => {
      let hidden = x;
      for (const [index, channels] of specification.channels.entries()) {
        const options = { ...PYRAMID, condition: index === 0 ? given : undefined };
        hidden = activation(convolution(scope, `${name}.convolution.${index}`, hidden, channels, options));
      }
      return flatten(hidden);
    },
    head: (scope, quantity, hidden) => dense(scope, `${name}.${quantity}`, hidden, outputs),
  };
}

/**
 * Codes [batch, latent] → each head [batch, numbers of an example]: the layers of {@link encoderNetwork} the other way round.
 * Throws {@link ModelError} for convolutions over anything but images.
 */
export function decoderNetwork(
  specification: NetworkSpecification,
  shape: readonly number[],
  latent: number,
  condition = 0,
  { name = 'decoder' }: Named = {},
): Network {
  const activation = activations[specification.activation];
  const takes = { input: [latent], condition };
  if (specification.kind === 'mlp') {
    const mirrored = { ...specification, hidden: specification.hidden.toReversed() };
    return perceptron(name, mirrored, takes, sizeOf(shape));
  }
  const [top, ...levels] = pyramid(specification.channels, requireImages(shape)).toReversed() as [
    ImageShape,
    ...ImageShape[],
  ];
  const enlarged = (scope: LayerScope, layer: string, x: tf.Tensor, [height, width, channels]: ImageShape) =>
    transposedConvolution(scope, `${name}.${layer}`, x, channels, { ...PYRAMID, size: [height, width] });
  return {
    takes,
    trunk: (scope, z, given) => {
      const projected = activation(dense(scope, `${name}.projection`, z, sizeOf(top), { condition: given }));
      let hidden: tf.Tensor = reshape(projected, [z.shape[0]!, ...top]);
      for (const [index, level] of levels.slice(0, -1).entries()) {
        hidden = activation(enlarged(scope, `convolution.${index}`, hidden, level));
      }
      return hidden;
    },
    head: (scope, quantity, hidden) => flatten(enlarged(scope, quantity, hidden, levels.at(-1)!)),
  };
}

/** The variables of what `run` computes with a network, in the order in which they are first read. */
export function variablesOfNetwork(
  { takes }: Network,
  run: (scope: LayerScope, x: tf.Tensor, condition?: tf.Tensor) => unknown,
): VariableDeclaration[] {
  return variablesOf((scope, standIn) =>
    run(scope, standIn([1, ...takes.input]), takes.condition === 0 ? undefined : standIn([1, takes.condition])),
  );
}

/** Dense layers with an activation after each but the head. */
function perceptron(
  name: string,
  { hidden: widths, activation }: Extract<NetworkSpecification, { kind: 'mlp' }>,
  takes: Network['takes'],
  outputs: number,
): Network {
  return {
    takes,
    trunk: (scope, x, given) => {
      let hidden: tf.Tensor = flatten(x);
      for (const [index, units] of widths.entries()) {
        const condition = index === 0 ? given : undefined;
        hidden = activations[activation](dense(scope, `${name}.hidden.${index}`, hidden, units, { condition }));
      }
      return hidden;
    },
    head: (scope, quantity, hidden, given) =>
      dense(scope, `${name}.${quantity}`, hidden, outputs, { condition: widths.length === 0 ? given : undefined }),
  };
}

/** Shapes from the image up to the smallest feature map. */
function pyramid(channels: readonly number[], image: ImageShape): ImageShape[] {
  const levels = [image];
  for (const count of channels) {
    const [height, width] = levels.at(-1)!;
    levels.push([Math.ceil(height / PYRAMID.stride), Math.ceil(width / PYRAMID.stride), count]);
  }
  return levels;
}

function requireImages(shape: readonly number[]): ImageShape {
  if (shape.length === 3) return shape as unknown as ImageShape;
  throw new ModelError(
    `A convolutional network learns from images [height, width, channels], and an example of this data set is [${shape.join(', ')}].`,
    'Set model.network.kind to "mlp".',
  );
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
