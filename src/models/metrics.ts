import type { Means, Metric } from './model';

/** A latent dimension is active when the mean of its posterior varies over the data by more than this (Burda et al. 2015). */
const ACTIVE_VARIANCE = 0.01;

type Finish = Metric['finish'];

/** What several finishes give, together. */
export function together(...finishes: readonly Finish[]): Finish {
  return (means) => Object.assign({}, ...finishes.map((finish) => finish(means))) as Record<string, number>;
}

/** Every scalar output, as `test/<output>`. */
export const scalars: Finish = (means) =>
  Object.fromEntries(
    [...means].flatMap(([name, { shape, values }]) => (shape.length === 0 ? [[`test/${name}`, values[0]!]] : [])),
  );

/** The numbers of a vector output, as `<prefix><two-digit index>`. */
export function numbered(output: string, prefix: string): Finish {
  return (means) => indexed(prefix, valuesOf(means, output));
}

/**
 * The variance over the data of each dimension's posterior mean, and how many dimensions are active.
 *
 * @param mean the output with the means μ(x), [latent]
 * @param square the output with μ(x)², [latent]
 */
export function activeUnits(mean: string, square: string): Finish {
  return (means) => {
    const first = valuesOf(means, mean);
    const variances = valuesOf(means, square).map((value, index) => Math.max(0, value - first[index]! ** 2));
    return {
      ...indexed('latent/variance/', variances),
      'latent/active_units': variances.filter((variance) => variance > ACTIVE_VARIANCE).length,
    };
  };
}

/** `output`, a mean in nats of examples of `size` numbers, as `<tag>` in bits for each of the numbers. */
export function bitsPerDimension(output: string, size: number, tag = 'test/bits_per_dimension'): Finish {
  return (means) => ({ [tag]: valuesOf(means, output)[0]! / (size * Math.LN2) });
}

function valuesOf(means: Means, output: string): Float64Array {
  const found = means.get(output);
  if (found === undefined) throw new Error(`The evaluation gives no output "${output}".`);
  return found.values;
}

function indexed(prefix: string, values: Float64Array): Record<string, number> {
  return Object.fromEntries(
    Array.from(values, (value, index) => [`${prefix}${String(index).padStart(2, '0')}`, value]),
  );
}
