import * as z from 'zod';
import '../jitless';
import type { DataSpecification } from '../dataSpecification';
import { choice, positiveInteger } from '../schemaParts';
import { holdsPoints, type PointSet } from '../mixtures';
import { DIVERSITY_METRIC } from '../sampleMetrics';
import type { FamilyMetrics, FamilyPreset } from './family';
import { binarizationMisfit, convolutionMisfit, type Chosen, type Misfit } from './misfit';
import { networkOf, type activationSchema, type NetworkSpecification } from './parts';

/** Settings that families of two players share. */

/** The network of one player. */
const player = (activation: z.input<typeof activationSchema>, network: string) =>
  networkOf({
    ...{ hidden: [256, 256], channels: [64, 128], activation },
    words: {
      hidden: 'Units of each hidden layer, from the example inwards; a generator applies them in reverse.',
      channels: 'Channels of each 4×4 convolution of stride 2, from the image inwards.',
      network,
    },
  }).prefault({ kind: 'mlp' });

const generator = player('relu', 'Architecture of the generator, from z to an example.');

/** The noise that a generator makes examples of. */
export const noise = {
  latent: positiveInteger.max(4096).default(100).describe('Dimensions of the noise z.'),
  prior: choice({
    normal: 'N(0, 1) in each dimension.',
    uniform: 'Uniform on [−1, 1] in each dimension.',
    sphere: 'Uniform on the sphere of radius √latent, near which N(0, 1) lies in many dimensions.',
  })
    .default('normal')
    .describe('Distribution of the noise z.'),
};

const objectiveSchema = choice({
  nonSaturating: 'Cross-entropy; the generator maximizes log D(G(z)) (Goodfellow et al., 2014).',
  minimax: 'Cross-entropy; the generator minimizes log(1 − D(G(z))).',
  halved: 'Minimax with half the discriminator’s loss for both players (Goodfellow, 2016).',
  hinge: 'Hinge loss (Lim and Ye, 2017).',
  leastSquares: 'Least squares (Mao et al., 2016).',
});
export type ObjectiveSpecification = z.output<typeof objectiveSchema>;

/** What a discriminator may be trained with, whatever its network. */
const practice = {
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
  labelSpread: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('Each label of the discriminator is drawn from [1 − this, 1] or [0, this] (cross-entropy only).'),
  instanceNoise: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe('Standard deviation of noise added to what the discriminator sees, decaying to 0 at the last step.'),
};

/** A generator against a discriminator. */
export const discriminatorGame = {
  generator,
  discriminator: player('leakyRelu', 'Architecture of the discriminator, from an example to one number.'),
  ...noise,
  ...practice,
};

/** A generator against a critic. */
export const criticGame = {
  generator,
  critic: player('leakyRelu', 'Architecture of the critic, from an example to one number.'),
  ...noise,
  criticSteps: positiveInteger.max(100).default(5).describe('Updates of the critic for each of the generator.'),
};

type Practice = z.output<z.ZodObject<typeof practice>>;

/** What a family of a discriminator has in common with the others. */
export const discriminatorFamily = {
  samples: true,
  optimizers: ['discriminator', 'generator'],
  metrics: ({ objective }: Pick<Practice, 'objective'>): FamilyMetrics => {
    const names = ['loss', 'real', 'fake', 'accuracy', ...(hasLabels(objective) ? ['jensen_shannon'] : [])];
    return { scalars: [...names.map((name) => `test/discriminator/${name}`), DIVERSITY_METRIC], numbered: [] };
  },
};

/** What a family of a critic has in common with the others. */
export const criticFamily = {
  samples: true,
  optimizers: ['critic', 'generator'],
  metrics: (): FamilyMetrics => ({ scalars: ['test/critic/estimate', DIVERSITY_METRIC], numbered: [] }),
  misfit: (model: PlayersOf<'critic'>, { data }: Chosen) => playersMisfit('critic', model, data),
};

/** Whether a discriminator of that objective is taught labels: 1 for data and 0 for samples, of which it gives probabilities. */
export function hasLabels(objective: ObjectiveSpecification): boolean {
  return objective !== 'hinge' && objective !== 'leastSquares';
}

type PlayersOf<Judge extends string> = Readonly<Record<Judge | 'generator', Pick<NetworkSpecification, 'kind'>>>;

/** Why a discriminator cannot be trained so. */
export function practiceMisfit(
  { packing, objective, labelSmoothing, labelNoise, labelSpread }: Practice,
  { data, training: { batch } }: Chosen,
): Misfit | undefined {
  if (batch % packing !== 0) {
    const message = `cannot be ${packing} for batches of ${batch}, which it does not divide`;
    return { keys: ['model', 'packing'], message };
  }
  const labels = { labelSmoothing, labelNoise, labelSpread };
  const key = Object.entries(labels).find(([, value]) => value > 0)?.[0];
  if (!hasLabels(objective) && key !== undefined) {
    return { keys: ['model', key], message: `has no effect on the objective "${objective}", which has no labels` };
  }
  return binarizationMisfit(data);
}

/** Why two players with networks of their own cannot learn a data set. */
export function playersMisfit<Judge extends string>(
  judge: Judge,
  players: PlayersOf<Judge>,
  data: DataSpecification,
): Misfit | undefined {
  return (
    binarizationMisfit(data) ??
    convolutionMisfit('generator', players.generator, data) ??
    convolutionMisfit(judge, players[judge], data)
  );
}

interface GamePreset {
  readonly epochs: number;
  readonly judge?: 'discriminator' | 'critic';
  /** Of images: Adam as Radford et al. 2015 set it, if absent. */
  readonly optimizer?: Optimizer;
  /** Of points in a plane, where larger steps do, and decaying ones end on narrow modes. */
  readonly points?: Optimizer;
  /** There: what single optimizers have of their own. */
  readonly optimizers?: NonNullable<FamilyPreset['training']>['optimizers'];
  /** Settings of the model on images. */
  readonly images?: object;
  /** The same in a plane, besides the players and z. */
  readonly model?: object;
  /** The set that is trained on where none is named; MNIST if absent. */
  readonly set?: PointSet;
}

type Optimizer = NonNullable<NonNullable<FamilyPreset['training']>['optimizer']> & { readonly kind: string };

/** Radford et al. 2015, section 4. */
export const DCGAN_ADAM = { kind: 'adam', learningRate: 2e-4, beta1: 0.5 } as const;
/** Without it a generator of dense layers hardly learns images, and ignores the label. */
export const BATCH_NORM = { batchNorm: true };
const IN_A_PLANE = { kind: 'mlp', hidden: [128, 128] };

/** What the papers' experiments have in place of the general defaults: on images, and in a plane, where z has two dimensions. */
export function gamePreset({
  epochs,
  optimizer = DCGAN_ADAM,
  points = optimizer,
  optimizers,
  images,
  model,
  judge,
  set,
}: GamePreset) {
  return (chosen: unknown = set): FamilyPreset => {
    const data = set === undefined ? {} : { data: { set } };
    if (!holdsPoints(chosen)) {
      return { ...data, ...(images && { model: { ...images } }), training: { epochs, optimizer } };
    }
    const networks = { generator: IN_A_PLANE, [judge ?? 'discriminator']: IN_A_PLANE };
    return {
      ...data,
      model: { latent: 2, ...networks, ...model },
      training: { epochs, optimizer: points, ...(optimizers && { optimizers }), schedule: { kind: 'linear' } },
    };
  };
}
