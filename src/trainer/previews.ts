import { imageGrid, type Bitmap } from '../formats/grid';
import { encodePng } from '../formats/png';
import type { EventLogWriter } from '../runs/eventLog';
import type { Images, Workbench } from './workbench';

/** Of so many classes samples are shown. */
const MOST_CLASSES = 16;
/** Tiles in a row, so that both pictures are equally wide; each row of originals has its reconstructions below. */
const COLUMNS = 16;
const SAMPLES = 64;

/** What the rows of the grids show, by tag, for people; a grid whose rows mean nothing is left out. */
export function previewRows(workbench: Workbench): Readonly<Record<string, readonly string[] | undefined>> {
  const { reconstruct } = workbench.model.abilities;
  const names = workbench.classes;
  const labels = workbench.sampledLabels?.slice(0, MOST_CLASSES);
  const pairs = Math.ceil((reconstruct?.count ?? 0) / COLUMNS);
  return {
    reconstructions: Array.from({ length: 2 * pairs }, (_, row) => (row % 2 === 0 ? 'data' : 'model')),
    samples: labels?.map((label) => names?.[label] ?? String(label)),
  };
}

/** Logs a grid of samples and one of originals above their reconstructions, whichever the family has. */
export function logPreviews(workbench: Workbench, log: EventLogWriter, step: number): void {
  const reconstructed = workbench.reconstruct();
  if (reconstructed !== undefined) {
    const pairs = interleaveRows(reconstructed.originals, reconstructed.reconstructions);
    logGrid(log, 'reconstructions', step, grid(pairs, COLUMNS));
  }
  // The same draws from the prior each time, so that the slider over steps shows images change and not be replaced.
  const labels = workbench.sampledLabels;
  const count = labels === undefined ? SAMPLES : Math.min(labels.length, MOST_CLASSES) * COLUMNS;
  const samples = workbench.sample(count, workbench.specification.training.seed, COLUMNS);
  if (samples !== undefined) logGrid(log, 'samples', step, grid(samples, COLUMNS));
}

export function logGrid(log: EventLogWriter, tag: string, step: number, bitmap: Bitmap): void {
  log.image(tag, step, encodePng(bitmap), bitmap.width, bitmap.height);
}

export function grid({ data, count, shape, columns: own }: Images, columns = own): Bitmap {
  return imageGrid(data, [count, ...shape], { columns });
}

/** A row of the first, the same row of the second, and so on. Both hold full rows. */
function interleaveRows(first: Images, second: Images): Images {
  const row = COLUMNS * first.shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(first.data.length * 2);
  for (let at = 0; at < first.data.length; at += row) {
    data.set(first.data.subarray(at, at + row), at * 2);
    data.set(second.data.subarray(at, at + row), at * 2 + row);
  }
  return { ...first, data, count: first.count * 2 };
}
