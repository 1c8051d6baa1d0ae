import { formatStep } from '../../shared/format';
import type { Explored } from '../model/state';

/** What is explored, in a line: "VAE · MNIST · 10,000 images · 20-D · step 4,690". */
export function factsOf({ encoding, model, all }: Explored): string {
  const { description } = model;
  const { count, dimensions } = encoding.latents;
  const what = description.abilities.encode ? 'images' : 'draws of the prior';
  return `${description.title} · ${amount(count, all)} ${what} · ${dimensions}-D · ${steps(encoding)}`;
}

/** Of a training whose first thousand images are followed, all that are shown; of a larger data set its first ones. */
function amount(count: number, all: number): string {
  const number = (value: number) => value.toLocaleString('en-US');
  return count < all ? `the first ${number(count)} of ${number(all)}` : number(count);
}

/** A training goes on while it encodes, so that its points are of several steps. */
function steps({ first, step }: Explored['encoding']): string {
  return first === step ? `step ${formatStep(step)}` : `steps ${formatStep(first)} to ${formatStep(step)}`;
}
