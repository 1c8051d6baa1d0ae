import path from 'node:path';
import { csvLine, shortFloat } from '../common/csv';
import { encodePng } from '../formats/png';
import { pointsOf, samplesPicture } from '../formats/samples';
import type { Results } from '../protocol/control';
import { UsageError } from './usageError';

const EXTENSIONS: readonly string[] = ['.png', '.csv'];

/** Refuses a name that promises another format than a file of samples has. Throws {@link UsageError}. */
export function checkSamplesName(out: string): void {
  if (EXTENSIONS.includes(path.extname(out).toLowerCase())) return;
  throw new UsageError(
    `${out}: samples go to a PNG file, --out FILE.png, or samples of points to a table, --out FILE.csv`,
  );
}

/**
 * The contents of the `--out` file: a PNG or, for points and a file name that ends in `.csv`, the numbers. Throws
 * {@link UsageError}.
 */
export function samplesFile(out: string, value: Results['sample'], body: Uint8Array): Iterable<Uint8Array | string> {
  if (path.extname(out).toLowerCase() !== '.csv') return [encodePng(samplesPicture(value, body))];
  if (value.size === undefined) throw new UsageError('Samples of images go to a PNG file: --out FILE.png');
  return pointLines(pointsOf(body), value.size);
}

function* pointLines(points: Float32Array, size: number): Generator<string> {
  yield csvLine(Array.from({ length: size }, (_, axis) => `x${axis + 1}`));
  for (let at = 0; at < points.length; at += size)
    yield csvLine(Array.from(points.subarray(at, at + size), shortFloat));
}
