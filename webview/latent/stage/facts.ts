import { stepsOf } from '../model/encoding';
import type { SetChoice } from '../model/pointSet';
import type { Explored } from '../model/state';

/** What is explored, in a line: "VAE · MNIST · 10,000 images · 20-D · step 4,690". */
export function factsOf({ encoding, model, all }: Explored): string {
  const { description } = model;
  const { count, dimensions } = encoding.latents;
  const what = description.abilities.encode ? 'images' : 'draws of the prior';
  return `${description.title} · ${amount(count, all)} ${what} · ${dimensions}-D · ${stepsOf(encoding)}`;
}

/** The same for a picture of the map, which nobody sees beside the rest: "VAE · MNIST · PCA of 10,000 images (test set) · step 4,690". */
export function captionOf({ encoding, model, all }: Explored, set: SetChoice, projection: string): string {
  const { description } = model;
  const number = amount(encoding.latents.count, all);
  const points = description.abilities.encode ? `${number} images (${SETS[set]})` : `${number} draws of the prior`;
  return `${description.title} · ${projection} of ${points} · ${encoding.latents.dimensions}-D · ${stepsOf(encoding)}`;
}

const SETS: Readonly<Record<SetChoice, string>> = {
  test: 'test set',
  train: 'training set',
  all: 'test and training set',
};

/** Of a training whose first thousand images are followed, all that are shown; of a larger data set its first ones. */
function amount(count: number, all: number): string {
  const number = (value: number) => value.toLocaleString('en-US');
  return count < all ? `the first ${number(count)} of ${number(all)}` : number(count);
}
