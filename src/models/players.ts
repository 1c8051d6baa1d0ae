import * as tf from '@tensorflow/tfjs-core';
import type { VariableDeclaration } from '../engine/program';
import type { NetworkSpecification } from '../protocol/families/parts';
import { toExamples } from './examples';
import { batchNorm, spectralNorm, type Initialization, type LayerScope, type Statistics } from './layers';
import { decoderNetwork, encoderNetwork, variablesOfNetwork, type NetworkStyle } from './networks';

/** What a call of a player leaves behind and depends on. */
export interface Mode {
  /** Of its batch normalization. */
  readonly statistics: Statistics;
  /** Whether its spectral normalization takes a step of power iteration. */
  readonly update: boolean;
}

/** The batch that a player is trained on. */
export const TRAINED: Mode = { statistics: 'update', update: true };
/** Any other batch of a training step, normalized by itself (Radford et al. 2015; Chintala et al. 2016, "separate batches"). */
export const BESIDE: Mode = { statistics: 'batch', update: false };
/** What is shown and measured, where an output must not depend on the rest of its batch. */
export const SHOWN: Mode = { statistics: 'moving', update: false };

/** A network of a game. `condition` [batch, size] is given to one that takes it. */
export interface Player {
  readonly variables: readonly VariableDeclaration[];
  play(scope: LayerScope, x: tf.Tensor, mode: Mode, condition?: tf.Tensor): tf.Tensor;
}

export interface PlayerOptions {
  readonly network: NetworkSpecification;
  /** Of one example. */
  readonly shape: readonly number[];
  /** Length of the condition; 0 without one. */
  readonly condition: number;
  readonly normalization?: 'batch' | 'spectral';
  readonly initialization?: Initialization;
}

/** z [count, latent] → examples [count, …]; `bounded`: by tanh to (−1, 1). */
export function createGenerator(
  options: PlayerOptions & { readonly latent: number; readonly bounded: boolean },
): Player {
  const { network, shape, latent, condition, bounded } = options;
  const networkFor = (mode: Mode) =>
    decoderNetwork(network, shape, latent, condition, style('generator', options, mode));
  return playerOf(networkFor, (scope, net, z, given) => {
    const values = net.head(scope, 'output', net.trunk(scope, z, given), given);
    return toExamples(bounded ? tf.tanh(values) : values, shape);
  });
}

/** Examples [batch, …] → what the player says of each, [batch]. */
export function createJudge(name: 'discriminator' | 'critic', options: PlayerOptions): Player {
  const { network, shape, condition } = options;
  const networkFor = (mode: Mode) => encoderNetwork(network, shape, 1, condition, style(name, options, mode));
  return playerOf(networkFor, (scope, net, x, given) =>
    tf.squeeze(net.head(scope, 'output', net.trunk(scope, x, given), given), [1]),
  );
}

type PlayedNetwork = ReturnType<typeof encoderNetwork>;

function playerOf(
  networkFor: (mode: Mode) => PlayedNetwork,
  run: (scope: LayerScope, network: PlayedNetwork, x: tf.Tensor, condition?: tf.Tensor) => tf.Tensor,
): Player {
  const trained = networkFor(TRAINED);
  return {
    variables: variablesOfNetwork(trained, (scope, x, condition) => run(scope, trained, x, condition)),
    play: (scope, x, mode, condition) => run(scope, networkFor(mode), x, condition),
  };
}

/** A judge's first layer sees examples as they are (Radford et al. 2015, section 3). */
function style(name: string, { normalization, initialization }: PlayerOptions, mode: Mode): NetworkStyle {
  return {
    ...{ name, initialization },
    ...(normalization === 'spectral' && { parametrization: (scope, layer) => spectralNorm(scope, layer, mode) }),
    ...(normalization === 'batch' && {
      normalization: {
        from: name === 'generator' ? 0 : 1,
        apply: (scope, layer, x) => batchNorm(scope, layer, x, mode.statistics),
      },
    }),
  };
}
