const AUTOENCODERS = [
  {
    id: 'vae',
    command: 'trainVae',
    title: 'Train VAE',
    name: 'VAE',
    sentence: 'variational autoencoder',
    pictured: 'digits',
  },
  {
    id: 'cvae',
    command: 'trainCvae',
    title: 'Train VAE (Conditional, CVAE)',
    name: 'Conditional VAE',
    sentence: 'a VAE that is told the label',
    pictured: 'each digit in a column',
  },
  {
    id: 'ae',
    command: 'trainAe',
    title: 'Train Vanilla AE',
    name: 'AE',
    sentence: 'autoencoder',
    pictured: 'a plane of latents in which digits of a class lie together',
  },
] as const satisfies readonly FamilyRow[];

const ADVERSARIAL = [
  {
    id: 'gan',
    command: 'trainGan',
    title: 'Train GAN',
    name: 'GAN',
    sentence: 'generator against discriminator',
    pictured: 'points where the data are',
  },
  {
    id: 'cgan',
    command: 'trainCgan',
    title: 'Train GAN (Conditional, CGAN)',
    name: 'Conditional GAN',
    sentence: 'a GAN that is told the label',
    pictured: 'each digit in a column',
  },
  {
    id: 'unrolled-gan',
    command: 'trainUnrolledGan',
    title: 'Train Unrolled GAN',
    name: 'Unrolled GAN',
    sentence: 'a GAN whose generator looks ahead at the discriminator’s updates',
    pictured: 'points where the data are',
  },
  {
    id: 'dcgan',
    command: 'trainDcgan',
    title: 'Train DCGAN',
    name: 'DCGAN',
    sentence: 'convolutional GAN for images',
    pictured: 'digits',
  },
  {
    id: 'wgan',
    command: 'trainWgan',
    title: 'Train WGAN',
    name: 'WGAN',
    sentence: 'Wasserstein GAN with clipped weights',
    pictured: 'points where the data are',
  },
  {
    id: 'wgan-gp',
    command: 'trainWganGp',
    title: 'Train WGAN-GP',
    name: 'WGAN-GP',
    sentence: 'Wasserstein GAN with gradient penalty',
    pictured: 'points where the data are',
  },
] as const satisfies readonly FamilyRow[];

/** The families under the headings of the gallery. */
export const FAMILY_GROUPS = [
  { title: 'Autoencoders', families: AUTOENCODERS },
  { title: 'Adversarial models', families: ADVERSARIAL },
] as const;

/**
 * The model families that can be trained, in the order in which they are offered. Plain data, since a window loads it
 * at startup; the schemas of the families' settings are in `./schemas.ts`.
 */
export const FAMILIES = [...AUTOENCODERS, ...ADVERSARIAL] as const;

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
  /** What its picture in the gallery shows. */
  readonly pictured: string;
}

export type FamilyId = (typeof FAMILIES)[number]['id'];

/** The family that is offered first, and trained by a command that names no family. */
export const DEFAULT_FAMILY = FAMILIES[0];

/** The title of a family, or its id if it is one of a newer version. */
export function familyName(id: string): string {
  return FAMILIES.find((family) => family.id === id)?.name ?? id;
}
