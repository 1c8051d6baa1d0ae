import { plural } from '../../../src/common/plural';
import { stepsOf } from '../model/encoding';
import type { SetChoice } from '../model/pointSet';
import type { Points } from '../model/state';

/** The facts in the header: "VAE · MNIST · 10,000 images · 20-D · step 4,690". */
export function factsOf({ encoding, model, all }: Points): string {
  const { description } = model;
  const { count, dimensions } = encoding.latents;
  const what = pointsOf(model.encodes !== undefined, count, all);
  return `${description.title} · ${what} · ${dimensions}-D · ${stepsOf(encoding)}`;
}

/** The caption of a saved map: "VAE · MNIST · PCA of 10,000 images (test set) · 20-D · step 4,690". */
export function captionOf({ encoding, model, set, all }: Points, projection: string): string {
  const { description } = model;
  const encodes = model.encodes !== undefined;
  const points = `${pointsOf(encodes, encoding.latents.count, all)}${encodes ? ` (${SETS[set]})` : ''}`;
  return `${description.title} · ${projection} of ${points} · ${encoding.latents.dimensions}-D · ${stepsOf(encoding)}`;
}

const SETS: Readonly<Record<SetChoice, string>> = {
  test: 'test set',
  train: 'training set',
  all: 'test and training set',
};

function pointsOf(encodes: boolean, count: number, all: number): string {
  const [one, many] = encodes ? ['image', 'images'] : ['draw from the prior', 'draws from the prior'];
  return plural(Math.max(count, all), one, many, amount(count, all));
}

/** Fewer points than images: following a run shows the first thousand, and a large data set is cut. */
function amount(count: number, all: number): string {
  const number = (value: number) => value.toLocaleString('en-US');
  return count < all ? `the first ${number(count)} of ${number(all)}` : number(count);
}
