import * as z from 'zod';
import './jitless';

export const positiveInteger = z.int().min(1);
export const layerSize = positiveInteger.max(65_536);

/** A random seed: an unsigned 32-bit integer. */
export const seedSchema = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

/** One of some words; what each means is shown where an editor offers it. */
export function choice<const Words extends Readonly<Record<string, string>>>(words: Words) {
  const values = Object.keys(words) as (keyof Words & string)[];
  return z.enum(values).meta({ enumDescriptions: Object.values(words) });
}

export const stepsOrEpoch = z.union([positiveInteger, z.literal('epoch')]);
