import * as z from 'zod';
import '../jitless';
import { choice, layerSize, positiveInteger } from '../schemaParts';
import { POINT_SETS, type PointSet } from '../mixtures';
import type { FamilyMetrics, FamilyPreset } from './family';
import { binarizationMisfit, convolutionMisfit, firstOf, type Misfit } from './misfit';
import { activationSchema, type NetworkSpecification } from './parts';
import type { DataSpecification } from '../dataSpecification';

/** Settings that families of two players share. */

const hidden = z.array(layerSize).max(16).default([256, 256]).describe('Units of each hidden layer.');

/** The network of one player. */
export const player = (activation: z.input<typeof activationSchema>, role: string) =>
  z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('mlp').describe('Fully connected layers.'),
        hidden,
        activation: activationSchema.default(activation).describe('Nonlinearity after each hidden layer.'),
      }),
      z.strictObject({
        kind: z.literal('convolutional').describe('4×4 convolutions of stride 2 and one linear layer.'),
        channels: z
          .array(layerSize)
          .min(1)
          .max(16)
          .default([64, 128])
          .describe('Channels of each 4×4 convolution of stride 2, from the image inwards.'),
        activation: activationSchema.default(activation).describe('Nonlinearity after each hidden layer.'),
      }),
    ])
    .prefault({ kind: 'mlp' })
    .describe(role);

export const generator = player('relu', 'Architecture of the generator, from z to an example.');
export const discriminator = player('leakyRelu', 'Architecture of the discriminator, from an example to one number.');
export const critic = player('leakyRelu', 'Architecture of the critic, from an example to one number.');

export const gameLatent = positiveInteger.max(4096).default(100).describe('Dimensions of the noise z.');
export const prior = choice({
  normal: 'N(0, 1) in each dimension.',
  uniform: 'Uniform on [−1, 1] in each dimension.',
})
  .default('normal')
  .describe('Distribution of the noise z.');

const objectiveSchema = choice({
  nonSaturating: 'Cross-entropy; the generator maximizes log D(G(z)) (Goodfellow et al., 2014).',
  minimax: 'Cross-entropy; the generator minimizes log(1 − D(G(z))).',
  halved: 'Minimax with half the discriminator’s loss for both players (Goodfellow, 2016).',
  hinge: 'Hinge loss (Lim and Ye, 2017).',
  leastSquares: 'Least squares (Mao et al., 2016).',
});
export type ObjectiveSpecification = z.output<typeof objectiveSchema>;

/** What a discriminator may be trained with, whatever its network. */
export const practice = {
  objective: objectiveSchema.default('nonSaturating').describe('Losses of the two players.'),
  discriminatorSteps: positiveInteger
    .max(100)
    .default(1)
    .describe('k: updates of the discriminator for each of the generator.'),
  packing: positiveInteger
    .max(16)
    .default(1)
    .describe('Examples that the discriminator judges together, against mode collapse (PacGAN, Lin et al., 2018).'),
  labelSmoothing: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('The discriminator is taught 1 − this for data instead of 1 (one-sided; cross-entropy only).'),
  labelNoise: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('Probability that a label of the discriminator is flipped (cross-entropy only).'),
  instanceNoise: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe('Standard deviation of noise added to what the discriminator sees, decaying to 0 at the last step.'),
};

export const spectralNorm = z
  .boolean()
  .default(false)
  .describe('Spectral normalization of the discriminator (Miyato et al., 2018).');

/** What the evaluation of a model with a discriminator gives. */
export function discriminatorMetrics({ objective }: { readonly objective: ObjectiveSpecification }): FamilyMetrics {
  const logits = objective !== 'hinge' && objective !== 'leastSquares';
  const names = ['loss', 'real', 'fake', 'accuracy', ...(logits ? ['jensen_shannon'] : [])];
  return { scalars: names.map((name) => `test/discriminator/${name}`), numbered: [] };
}

/** What the evaluation of a model with a critic gives. */
export function criticMetrics(): FamilyMetrics {
  return { scalars: ['test/critic/estimate'], numbered: [] };
}

/** The networks of a family's players. */
export type PlayersOf<Judge extends string> = Readonly<Record<Judge | 'generator', Pick<NetworkSpecification, 'kind'>>>;

/** Why two players with networks of their own cannot learn a data set. */
export function gameMisfit<Judge extends string>(
  judge: Judge,
  players: PlayersOf<Judge>,
  data: DataSpecification,
): Misfit | undefined {
  return firstOf(
    binarizationMisfit(data),
    convolutionMisfit('generator', players.generator, data),
    convolutionMisfit(judge, players[judge], data),
  );
}

interface GamePreset {
  readonly epochs: number;
  readonly judge?: 'discriminator' | 'critic';
  /** Of images: Adam as Radford et al. 2015 set it, if absent. */
  readonly optimizer?: Optimizer;
  /** Of points in a plane, where larger steps do, and decaying ones end on narrow modes. */
  readonly points?: Optimizer;
  /** Of points in a plane, besides the players and z. */
  readonly model?: object;
  /** The set that is trained on where none is named; MNIST if absent. */
  readonly set?: PointSet;
}

type Optimizer = NonNullable<NonNullable<FamilyPreset['training']>['optimizer']> & { readonly kind: string };

/** Radford et al. 2015, section 4. */
export const DCGAN_ADAM = { kind: 'adam', learningRate: 2e-4, beta1: 0.5 } as const;
const IN_A_PLANE = { kind: 'mlp', hidden: [128, 128] };

/** What the papers' experiments have in place of the general defaults: on images, and in a plane, where z has two dimensions. */
export function gamePreset({ epochs, optimizer = DCGAN_ADAM, points = optimizer, model, judge, set }: GamePreset) {
  return (chosen: unknown = set): FamilyPreset => {
    const data = set === undefined ? {} : { data: { set } };
    if (!POINT_SETS.includes(chosen as PointSet)) return { ...data, training: { epochs, optimizer } };
    const networks = { generator: IN_A_PLANE, [judge ?? 'discriminator']: IN_A_PLANE };
    return {
      ...data,
      model: { latent: 2, ...networks, ...model },
      training: { epochs, optimizer: points, schedule: { kind: 'linear' } },
    };
  };
}
