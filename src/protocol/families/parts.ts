import * as z from 'zod';
import '../jitless';
import { choice, layerSize, positiveInteger } from '../schemaParts';

/** Settings shared by several families. */

export const activationSchema = choice({
  relu: 'max(0, x)',
  tanh: 'tanh x',
  softplus: 'log(1 + exp x), a smooth ReLU',
  elu: 'x if positive, otherwise exp x − 1',
  leakyRelu: 'x if positive, otherwise 0.2 x',
});

interface NetworkWords {
  readonly hidden: readonly number[];
  readonly channels: readonly number[];
  readonly activation: z.input<typeof activationSchema>;
  /** What the schema says of each. */
  readonly words: Readonly<Record<'hidden' | 'channels' | 'network', string>>;
}

/** Settings of a network, fully connected or convolutional, with these defaults. */
export function networkOf({ hidden, channels, activation: by, words }: NetworkWords) {
  const activation = activationSchema.default(by).describe('Nonlinearity after each hidden layer.');
  return z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('mlp').describe('Fully connected layers.'),
        hidden: z
          .array(layerSize)
          .max(16)
          .default([...hidden])
          .describe(words.hidden),
        activation,
      }),
      z.strictObject({
        kind: z.literal('convolutional').describe('4×4 convolutions of stride 2, followed by one linear layer.'),
        channels: z
          .array(layerSize)
          .min(1)
          .max(16)
          .default([...channels])
          .describe(words.channels),
        activation,
      }),
    ])
    .describe(words.network);
}

export const networkSchema = networkOf({
  ...{ hidden: [400], channels: [32, 64], activation: 'relu' },
  words: {
    hidden: 'Units of each hidden layer of the encoder, mirrored in the decoder. If empty, both are linear.',
    channels: 'Channels of each 4×4 convolution of stride 2, mirrored in the decoder.',
    network: 'Architecture of the encoder, mirrored in the decoder.',
  },
});

export const decoderSchema = z
  .discriminatedUnion('likelihood', [
    z.strictObject({
      likelihood: z
        .literal('bernoulli')
        .describe('Each pixel is a Bernoulli variable: for (nearly) black-and-white images.'),
    }),
    z
      .strictObject({
        likelihood: z.literal('gaussian').describe('Each pixel is Gaussian, with a learned σ.'),
        sigma: choice({
          pixel: 'The decoder outputs σ for each pixel, as it does the mean.',
          shared: 'One learned σ for all pixels.',
        })
          .default('pixel')
          .describe('One σ per pixel, or one shared by all.'),
        minimumLogSigma: z.number().min(-20).max(10).default(-4).describe('Lower bound of the learned log σ.'),
        maximumLogSigma: z.number().min(-20).max(10).default(2).describe('Upper bound of the learned log σ.'),
      })
      .refine((decoder) => decoder.minimumLogSigma < decoder.maximumLogSigma, {
        path: ['minimumLogSigma'],
        message: 'must be less than maximumLogSigma',
      }),
  ])
  .describe('Distribution p(x|z), whose parameters the decoder outputs.');

export const network = networkSchema.prefault({ kind: 'mlp' });
export const latent = positiveInteger.max(4096).default(20).describe('Dimensions of the latent variable z.');
export const decoder = decoderSchema.prefault({ likelihood: 'bernoulli' });

export type NetworkSpecification = z.output<typeof networkSchema>;
export type DecoderSpecification = z.output<typeof decoderSchema>;
