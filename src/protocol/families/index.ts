/**
 * The model families that can be trained, in the order in which they are offered. Plain data, since a window loads it
 * at startup; the schemas of the families' settings are in `./schemas.ts`.
 */
export const FAMILIES = [
  { id: 'vae', command: 'trainVae', title: 'Train VAE', name: 'VAE', sentence: 'variational autoencoder' },
  {
    ...{ id: 'cvae', command: 'trainCvae', title: 'Train VAE (Conditional, CVAE)', name: 'Conditional VAE' },
    sentence: 'a VAE that is told the label',
  },
  { id: 'ae', command: 'trainAe', title: 'Train Vanilla AE', name: 'AE', sentence: 'autoencoder' },
  {
    ...{ id: 'gan', command: 'trainGan', title: 'Train GAN', name: 'GAN' },
    sentence: 'generator against discriminator, on a plane',
  },
  {
    ...{ id: 'cgan', command: 'trainCgan', title: 'Train GAN (Conditional, CGAN)', name: 'Conditional GAN' },
    sentence: 'a GAN that is told the label',
  },
  {
    ...{ id: 'unrolled-gan', command: 'trainUnrolledGan', title: 'Train Unrolled GAN', name: 'Unrolled GAN' },
    sentence: 'a GAN whose generator looks ahead at the discriminator’s updates',
  },
  {
    ...{ id: 'dcgan', command: 'trainDcgan', title: 'Train DCGAN', name: 'DCGAN' },
    sentence: 'convolutional GAN for images',
  },
  {
    ...{ id: 'wgan', command: 'trainWgan', title: 'Train WGAN', name: 'WGAN' },
    sentence: 'Wasserstein GAN with clipped weights',
  },
  {
    ...{ id: 'wgan-gp', command: 'trainWganGp', title: 'Train WGAN-GP', name: 'WGAN-GP' },
    sentence: 'Wasserstein GAN with gradient penalty',
  },
] as const satisfies readonly FamilyRow[];

interface FamilyRow {
  /** `model.family` in a specification. */
  readonly id: string;
  /** The command `latentStudio.<command>`, which trains the family with its preset and defaults. */
  readonly command: string;
  /** Title of that command in the palette. */
  readonly title: string;
  readonly name: string;
  /** A short description that follows the name in a list. */
  readonly sentence: string;
}

export type FamilyId = (typeof FAMILIES)[number]['id'];

/** The family that is offered first, and trained by a command that names no family. */
export const DEFAULT_FAMILY = FAMILIES[0];

/** The title of a family, or its id if it is one of a newer version. */
export function familyName(id: string): string {
  return FAMILIES.find((family) => family.id === id)?.name ?? id;
}
