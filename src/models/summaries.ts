import type { Slices } from '../common/slices';
import { normals } from '../engine/random/philox';
import type { DataShape } from '../protocol/capabilities';
import type { Drawn, Easel, Encoded, Summary } from './model';
import { rowsOf } from './rows';

/** Tiles in a row, so that all grids of a model are equally wide. */
export const COLUMNS = 16;
const SAMPLES = 64;
const MOST_CLASSES = 16;
/** Of an animation: 56 are every half row of a small digit, and four seconds. */
const FRAMES = 56;
const MILLISECONDS_PER_FRAME = 70;
/** Points of each kind on a plane: enough to tell modes of a hundredth, and a third of what a grid of images takes. */
export const POINTS = 1000;
/** Test examples whose encodings are summarized. */
const ENCODED = 1000;
/** Arrows that can still be told apart. */
const ARROWS = 200;
const GRID_SIDE = 21;
const GRID_EXTENT = 3;
/** The seed and stream of draws that are the same at each step, so that curves and pictures move because the model does. */
const [SEED, POSTERIOR, PRIOR] = [0, 0x5000_0000, 0x5000_0001];

/** The tags of {@link samples} and {@link samplePoints}. */
const SAMPLES_TAGS = { image: 'samples', points: 'points/samples' } as const;

/** The tag under which a model of such data shows its samples. */
export function samplesTag({ kind }: DataShape): string {
  return SAMPLES_TAGS[kind];
}

/**
 * Test images, each row of them above its reconstructions.
 *
 * @param name a function `examples` [count, …] → `examples` [count, …]
 * @param count a multiple of 16
 */
export function reconstructions(name: string, count: number): Summary {
  return {
    ...{ tag: 'reconstructions', due: 'images', functions: [name] },
    names: () => Array.from({ length: (2 * count) / COLUMNS }, (_, row) => (row % 2 === 0 ? 'data' : 'model')),
    *draw(easel) {
      const { examples, labels } = easel.test(count);
      const { examples: reconstructed } = easel.call(name, { examples, labels });
      yield;
      const data = interleave(examples, reconstructed!.data as Float32Array, (COLUMNS * examples.length) / count);
      return { kind: 'tiles', data, count: 2 * count, columns: COLUMNS };
    },
  };
}

/** The same draws each time, so that the slider over steps shows images change; a row a class where there are classes. */
export function samples(): Summary {
  return {
    ...{ tag: SAMPLES_TAGS.image, due: 'images', functions: [] },
    names: (easel) => shownClasses(easel)?.map(({ name }) => name),
    *draw(easel) {
      return { kind: 'tiles', ...(yield* shownSamples(easel)), columns: COLUMNS };
    },
  };
}

const shownClasses = ({ classes }: Easel) => classes?.slice(0, MOST_CLASSES);

/** The samples that {@link samples} shows: [count, …] */
export function* shownSamples(easel: Easel): Slices<{ readonly data: Float32Array; readonly count: number }> {
  const classes = shownClasses(easel);
  const count = classes === undefined ? SAMPLES : classes.length * COLUMNS;
  return { data: yield* easel.samples(count, COLUMNS), count };
}

/**
 * How samples come about that are drawn element by element, as an animation whose last frame is the finished samples.
 *
 * @param count of samples, at most as many as a call draws
 */
export function drawing(count: number): Summary {
  return {
    ...{ tag: 'drawing', due: 'images', functions: [] },
    *draw(easel) {
      const drawn = yield* easel.drawing(count, FRAMES);
      const frames = drawn.map((data) => ({ data, count, columns: COLUMNS }));
      return { kind: 'animation', frames, millisecondsPerFrame: MILLISECONDS_PER_FRAME };
    },
  };
}

/** The first test points: [n, 2], or [n, 3] with their labels. */
export function testPoints(): Summary {
  return {
    ...{ tag: 'points/data', due: 'images', functions: [] },
    names: ({ labels }) => labels,
    *draw(easel) {
      const { examples, labels } = easel.test(POINTS);
      return pointsOf(examples, labels);
    },
  };
}

/** Samples on the plane, the same draws each time: [n, 2], or [n, 3] with the classes that they were drawn of. */
export function samplePoints(): Summary {
  return {
    ...{ tag: SAMPLES_TAGS.points, due: 'images', functions: [] },
    names: ({ classes, labels }) => classes && labels,
    *draw(easel) {
      const { classes } = easel;
      const ofEach = Math.ceil(POINTS / (classes?.length ?? 1));
      const values = yield* easel.samples(POINTS, ofEach);
      const labels =
        classes && Int32Array.from({ length: POINTS }, (_, row) => classes[Math.floor(row / ofEach)]!.label);
      return pointsOf(values, labels);
    },
  };
}

/**
 * Arrows from test points to their reconstructions: [n, 4].
 *
 * @param name a function `examples` [count, 2] → `examples` [count, 2]
 */
export function reconstructionArrows(name: string, count: number): Summary {
  return {
    ...{ tag: 'points/reconstructions', due: 'images', functions: [name] },
    *draw(easel) {
      const { examples, labels } = easel.test(ARROWS);
      const to = yield* rowsOf(easel, { function: name, count }, examples, ARROWS, labels);
      const values = new Float32Array(4 * ARROWS);
      for (let row = 0; row < ARROWS; row++) {
        const [left, bottom] = [examples[2 * row]!, examples[2 * row + 1]!];
        values.set([left, bottom, to[2 * row]! - left, to[2 * row + 1]! - bottom], 4 * row);
      }
      return { kind: 'tensor', shape: [ARROWS, 4], values };
    },
  };
}

/**
 * Where the decoder puts a regular grid of latents, from −3 to 3 along both: [21, 21, 2].
 *
 * @param name a function `latent` [count, 2] → `examples` [count, 2]
 */
export function manifold(name: string, count: number): Summary {
  return {
    ...{ tag: 'points/manifold', due: 'images', functions: [name] },
    *draw(easel) {
      const total = GRID_SIDE * GRID_SIDE;
      const at = (index: number) => GRID_EXTENT * ((2 * index) / (GRID_SIDE - 1) - 1);
      const latents = Float32Array.from({ length: 2 * total }, (_, i) =>
        at(i % 2 === 0 ? (i / 2) % GRID_SIDE : Math.floor((i - 1) / 2 / GRID_SIDE)),
      );
      const values = yield* rowsOf(easel, { function: name, input: 'latent', count }, latents, total);
      return { kind: 'tensor', shape: [GRID_SIDE, GRID_SIDE, 2], values };
    },
  };
}

/** How the encodings of test examples are distributed, over all dimensions together. */
export function encodingMeans(): Summary {
  return {
    ...{ tag: 'latent/mean', due: 'histograms', functions: [] },
    *draw(easel) {
      return { kind: 'histogram', values: (yield* easel.encoded(ENCODED)).means };
    },
  };
}

/** Draws of the aggregate posterior q(z) = E q(z|x) over test examples, all dimensions together (Makhzani et al. 2015). */
export function aggregatePosterior(): Summary {
  return {
    ...{ tag: 'latent/aggregate_posterior', due: 'histograms', functions: [] },
    *draw(easel) {
      const { means, logVariances } = yield* easel.encoded(ENCODED);
      const noise = normals(means.length, SEED, POSTERIOR, 0);
      const values = means.map((mean, i) => mean + Math.exp((logVariances?.[i] ?? -Infinity) / 2) * noise[i]!);
      return { kind: 'histogram', values };
    },
  };
}

/** As many draws of N(0, 1), to hold the aggregate posterior against. */
export function standardNormalPrior(): Summary {
  return {
    ...{ tag: 'latent/prior', due: 'histograms', functions: [] },
    *draw(easel) {
      const { means } = yield* easel.encoded(ENCODED);
      return { kind: 'histogram', values: normals(means.length, SEED, PRIOR, 0) };
    },
  };
}

/** The covariance of the aggregate posterior, Cov μ(x) + diag E σ²(x): [latent, latent]; the prior's is the identity. */
export function posteriorCovariance(latent: number): Summary {
  return {
    ...{ tag: 'latent/covariance', due: 'histograms', functions: [] },
    *draw(easel) {
      const encoded = yield* easel.encoded(ENCODED);
      return { kind: 'tensor', shape: [latent, latent], values: yield* covariance(encoded, latent) };
    },
  };
}

/** Where test examples are encoded to on a latent plane: [n, 2], or [n, 3] with their labels. */
export function latentPoints(): Summary {
  return {
    ...{ tag: 'latent/points', due: 'images', functions: [] },
    names: ({ labels }) => labels,
    *draw(easel) {
      const { means, labels } = yield* easel.encoded(ENCODED);
      return pointsOf(means, labels);
    },
  };
}

function* covariance({ means, logVariances, count }: Encoded, latent: number) {
  const center = new Float64Array(latent);
  for (let i = 0; i < count * latent; i++) center[i % latent]! += means[i]! / count;
  const values = new Float32Array(latent * latent);
  for (let row = 0; row < latent; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let at = 0; at < count * latent; at += latent) {
        sum += (means[at + row]! - center[row]!) * (means[at + column]! - center[column]!);
        if (row === column && logVariances !== undefined) sum += Math.exp(logVariances[at + row]!);
      }
      values[row * latent + column] = values[column * latent + row] = sum / count;
    }
    yield;
  }
  return values;
}

/** Points on a plane, [n, 2], with their labels as a third column if they have any: [n, 3]. */
export function pointsOf(values: Float32Array, labels: Int32Array | undefined): Extract<Drawn, { kind: 'tensor' }> {
  if (labels === undefined) return { kind: 'tensor', shape: [values.length / 2, 2], values };
  const labeled = new Float32Array(3 * labels.length);
  labels.forEach((label, row) => labeled.set([values[2 * row]!, values[2 * row + 1]!, label], 3 * row));
  return { kind: 'tensor', shape: [labels.length, 3], values: labeled };
}

/** `size` numbers of the first, `size` of the second, and so on. */
function interleave(first: Float32Array, second: Float32Array, size: number): Float32Array {
  const data = new Float32Array(first.length * 2);
  for (let at = 0; at < first.length; at += size) {
    data.set(first.subarray(at, at + size), at * 2);
    data.set(second.subarray(at, at + size), at * 2 + size);
  }
  return data;
}
