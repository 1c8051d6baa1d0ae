import type { Easel, Picture } from './model';

/** Tiles in a row, so that all pictures of a model are equally wide. */
const COLUMNS = 16;
const SAMPLES = 64;
const MOST_CLASSES = 16;

/**
 * Test images, each row of them above its reconstructions.
 *
 * @param name a function `images` [count, …] → `images` [count, …]
 * @param count a multiple of 16
 */
export function reconstructions(name: string, count: number): Picture {
  return {
    tag: 'reconstructions',
    functions: [name],
    rows: () => Array.from({ length: (2 * count) / COLUMNS }, (_, row) => (row % 2 === 0 ? 'data' : 'model')),
    *draw(easel) {
      const { images, labels } = easel.test(count);
      const { images: reconstructed } = easel.call(name, { images, labels });
      yield;
      const data = interleave(images, reconstructed!.data as Float32Array, (COLUMNS * images.length) / count);
      return { data, count: 2 * count, columns: COLUMNS };
    },
  };
}

/** The same draws each time, so that the slider over steps shows images change; a row a class where there are classes. */
export function samples(): Picture {
  const shown = ({ classes }: Easel) => classes?.slice(0, MOST_CLASSES);
  return {
    tag: 'samples',
    functions: [],
    rows: (easel) => shown(easel)?.map(({ name }) => name),
    *draw(easel) {
      const classes = shown(easel);
      const count = classes === undefined ? SAMPLES : classes.length * COLUMNS;
      return { data: yield* easel.samples(count, COLUMNS), count, columns: COLUMNS };
    },
  };
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
