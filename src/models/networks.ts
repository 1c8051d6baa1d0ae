import type * as tf from '@tensorflow/tfjs-core';
import { reshape } from '@tensorflow/tfjs-core';
import type { ImageShape } from '../common/imageShape';
import type { VariableDeclaration } from '../engine/program';
import type { NetworkSpecification } from '../protocol/families/parts';
import { ModelError } from './error';
import { activations, convolution, dense, flatten, transposedConvolution, variablesOf } from './layers';
import type { AffineOptions, Initialization, LayerScope, Parametrization } from './layers';

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

/** What distinguishes a network from one of plain layers. */
export interface NetworkStyle {
  /** What its variables are named after: `encoder.hidden.0.kernel`. */
  readonly name?: string;
  /** How kernels and biases start; as {@link AffineOptions} says if absent. */
  readonly initialization?: Initialization;
  /** The kernel that is used in place of the one that is learnt, of every layer. */
  readonly parametrization?: (scope: LayerScope, layer: string) => Parametrization;
  /** Follows hidden layers, from the one at index `from` on, in place of their biases and before their activations. */
  readonly normalization?: {
    readonly from: number;
    apply<T extends tf.Tensor>(scope: LayerScope, layer: string, x: T): T;
  };
}

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
  style: NetworkStyle = {},
): Network {
  const takes = { input: shape, condition };
  const styled = stylist(specification, 'encoder', style);
  if (specification.kind === 'mlp') return perceptron(styled, specification, takes, outputs);
  requireImages(shape);
  return {
    takes,
    trunk: (scope, x, given) => {
      let hidden = x;
      for (const [index, channels] of specification.channels.entries()) {
        const condition = index === 0 ? given : undefined;
        const from = hidden;
        hidden = styled.hidden(scope, `convolution.${index}`, index, (layer, options) =>
          convolution(scope, layer, from, channels, { ...PYRAMID, ...options, condition }),
        );
      }
      return flatten(hidden);
    },
    head: (scope, quantity, hidden) =>
      styled.head(scope, quantity, (layer, options) => dense(scope, layer, hidden, outputs, options)),
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
  style: NetworkStyle = {},
): Network {
  const takes = { input: [latent], condition };
  const styled = stylist(specification, 'decoder', style);
  if (specification.kind === 'mlp') {
    const mirrored = { ...specification, hidden: specification.hidden.toReversed() };
    return perceptron(styled, mirrored, takes, sizeOf(shape));
  }
  const [top, ...levels] = pyramid(specification.channels, requireImages(shape)).toReversed() as [
    ImageShape,
    ...ImageShape[],
  ];
  const enlarged = (
    scope: LayerScope,
    layer: string,
    x: tf.Tensor,
    [height, width, channels]: ImageShape,
    options: AffineOptions,
  ) => transposedConvolution(scope, layer, x, channels, { ...PYRAMID, ...options, size: [height, width] });
  return {
    takes,
    trunk: (scope, z, condition) => {
      const project = (layer: string, options: AffineOptions) => {
        const flat = dense(scope, layer, z, sizeOf(top), { ...options, condition });
        return reshape(flat, [z.shape[0]!, ...top]);
      };
      let hidden = styled.hidden(scope, 'projection', 0, project);
      for (const [index, level] of levels.slice(0, -1).entries()) {
        const from = hidden;
        hidden = styled.hidden(scope, `convolution.${index}`, index + 1, (layer, options) =>
          enlarged(scope, layer, from, level, options),
        );
      }
      return hidden;
    },
    head: (scope, quantity, hidden) =>
      flatten(
        styled.head(scope, quantity, (layer, options) => enlarged(scope, layer, hidden, levels.at(-1)!, options)),
      ),
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
  styled: Stylist,
  { hidden: widths }: Extract<NetworkSpecification, { kind: 'mlp' }>,
  takes: Network['takes'],
  outputs: number,
): Network {
  return {
    takes,
    trunk: (scope, x, given) => {
      let hidden: tf.Tensor = flatten(x);
      for (const [index, units] of widths.entries()) {
        const condition = index === 0 ? given : undefined;
        const from = hidden;
        hidden = styled.hidden(scope, `hidden.${index}`, index, (layer, options) =>
          dense(scope, layer, from, units, { ...options, condition }),
        );
      }
      return hidden;
    },
    head: (scope, quantity, hidden, given) =>
      styled.head(scope, quantity, (layer, options) =>
        dense(scope, layer, hidden, outputs, { ...options, condition: widths.length === 0 ? given : undefined }),
      ),
  };
}

type Make<T> = (layer: string, options: AffineOptions) => T;

/** Gives layers their names and what the style of a network wants of them. */
interface Stylist {
  /** A hidden layer, counted by `index`, with its normalization and activation. */
  hidden(scope: LayerScope, layer: string, index: number, make: Make<tf.Tensor>): tf.Tensor;
  head<T>(scope: LayerScope, quantity: string, make: Make<T>): T;
}

function stylist(
  { activation }: NetworkSpecification,
  defaultName: string,
  { name = defaultName, initialization, parametrization, normalization }: NetworkStyle,
): Stylist {
  const options = (scope: LayerScope, layer: string) => ({
    initialization,
    parametrization: parametrization?.(scope, layer),
  });
  return {
    hidden: (scope, within, index, make) => {
      const layer = `${name}.${within}`;
      const normalizes = normalization !== undefined && index >= normalization.from;
      const made = make(layer, { ...options(scope, layer), bias: !normalizes });
      return activations[activation](normalizes ? normalization.apply(scope, layer, made) : made);
    },
    head: (scope, quantity, make) => make(`${name}.${quantity}`, options(scope, `${name}.${quantity}`)),
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
