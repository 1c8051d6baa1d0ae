import { csvLine, shortFloat } from '../../../src/common/csv';
import type { Points } from '../model/state';

/** Limit of the host. */
const MOST_TABLE_BYTES = 128 * 1024 * 1024;
/** The longest time for which the page is blocked. */
const SLICE_MILLISECONDS = 12;
const ROWS_A_PART = 200;

type Described = Pick<Points, 'encoding' | 'name' | 'className'>;

/**
 * One line per point: image, label, position in the projection, latent, and log-variances if q is Gaussian. Columns are
 * named as in the table of the command line.
 */
export function* tableLines(
  { encoding, name, className }: Described,
  indices: Iterable<number>,
  positions: Float32Array,
): Generator<string> {
  const { latents, logVariances } = encoding;
  const { dimensions } = latents;
  const columns = (name: string) => Array.from({ length: dimensions }, (_, d) => `${name}${d + 1}`);
  yield csvLine(['image', 'label', 'x', 'y', ...columns('z'), ...(logVariances ? columns('log_variance') : [])]);
  const row = (of: Float32Array, index: number) =>
    Array.from(of.subarray(index * dimensions, (index + 1) * dimensions), shortFloat);
  for (const index of indices) {
    yield csvLine([
      name(index),
      className(index) ?? '',
      shortFloat(positions[2 * index]!),
      shortFloat(positions[2 * index + 1]!),
      ...row(latents.data, index),
      ...(logVariances ? row(logVariances, index) : []),
    ]);
  }
}

/**
 * The table as a CSV file, written in slices that leave the page responsive.
 * @throws RangeError if it exceeds `most` bytes
 */
export async function tableOf(
  points: Described,
  indices: Iterable<number>,
  positions: Float32Array,
  most = MOST_TABLE_BYTES,
): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let [size, rows, text, begun] = [0, 0, '', performance.now()];
  const close = () => {
    const part = encoder.encode(text);
    parts.push(part);
    size += part.byteLength;
    text = '';
    if (size <= most) return;
    throw new RangeError(
      'The table is too large for the tab. The command line writes one of any size: encode, with --out latents.csv or .npz.',
    );
  };
  for (const line of tableLines(points, indices, positions)) {
    text += line;
    if (++rows % ROWS_A_PART > 0) continue;
    close();
    if (performance.now() - begun < SLICE_MILLISECONDS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    begun = performance.now();
  }
  close();
  const table = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    table.set(part, at);
    at += part.byteLength;
  }
  return table;
}
