import { DRAWN_FAMILY } from '../../protocol/families/schemas';

/** As of the preset, which learns 50,000 points: drawn ones are fewer, and so are the steps of an epoch. */
const STEPS = 8000;
const BATCH = 128;
/** Share of the points that are learned; the others are test points. */
const TRAINED = 0.9;

/** A model for `count` points in a file, which trains and is looked at as often as the preset on a ring is. */
export function drawnSpecification(name: string, path: string, count: number) {
  const stepsPerEpoch = Math.ceil((TRAINED * count) / BATCH);
  return {
    name,
    model: { family: DRAWN_FAMILY },
    data: { set: 'points', path },
    training: { epochs: Math.ceil(STEPS / stepsPerEpoch) },
    logging: { images: 100, evaluate: 400, histograms: 400 },
  };
}
