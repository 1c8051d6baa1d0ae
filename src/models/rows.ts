import type { Slices } from '../common/slices';
import type { Easel } from './model';

/** A function that gives something for each row of an input, and how many rows a call of it takes. */
export interface RowFunction {
  readonly function: string;
  /** `examples` if absent. */
  readonly input?: string;
  /** `examples` if absent. */
  readonly output?: string;
  readonly count: number;
}

/**
 * What a function gives for rows of values [rows, …], batch by batch; the last one is filled up with zeros.
 *
 * @param labels of a function that takes them: [rows]
 */
export function* rowsOf(
  easel: Pick<Easel, 'call'>,
  { function: name, input = 'examples', output = 'examples', count }: RowFunction,
  values: Float32Array,
  rows: number,
  labels?: Int32Array,
): Slices<Float32Array> {
  const width = values.length / rows;
  let all = new Float32Array(0);
  for (let done = 0; done < rows; done += count) {
    const end = Math.min(rows, done + count);
    const given = filled(new Float32Array(count * width), values.subarray(done * width, end * width));
    const some = labels && filled(new Int32Array(count), labels.subarray(done, end));
    const { data } = easel.call(name, { [input]: given, labels: some })[output]!;
    const size = data.length / count;
    if (done === 0) all = new Float32Array(rows * size);
    all.set(data.subarray(0, (end - done) * size), done * size);
    yield;
  }
  return all;
}

function filled<Values extends Float32Array | Int32Array>(all: Values, values: Values): Values {
  all.set(values);
  return all;
}
