import { assertNever } from '../../common/assertNever';
import { encodeAnimation } from '../../formats/animation';
import { imageGrid, type Bitmap } from '../../formats/grid';
import { encodePng } from '../../formats/png';
import type { Drawn, Sampling, Summary, Tiles } from '../../models/model';
import { pointsOf } from '../../models/summaries';
import type { DataShape } from '../../protocol/capabilities';
import type { EventLogWriter } from '../../runs/eventLog';
import { easelOf } from '../workbench/easel';
import type { Examples, Samples } from '../workbench/samples';
import { withBreaks } from '../workbench/withBreaks';
import type { Workbench } from '../workbench/workbench';

/** What rows of grids and classes of points are called, by tag. */
export function summaryNames(workbench: Workbench): Readonly<Record<string, readonly string[] | undefined>> {
  const easel = easelOf(workbench);
  return Object.fromEntries(workbench.model.summaries.map((summary) => [summary.tag, summary.names?.(easel)]));
}

/** Logs those of the model's summaries that this rule makes due. Between slices the event loop has its turn. */
export async function logSummaries(
  workbench: Workbench,
  due: Summary['due'],
  log: EventLogWriter,
  step: number,
): Promise<void> {
  const easel = easelOf(workbench);
  for (const summary of workbench.model.summaries) {
    if (summary.due === due) logDrawn(workbench, log, summary.tag, step, await withBreaks(summary.draw(easel)));
  }
}

function logDrawn(workbench: Workbench, log: EventLogWriter, tag: string, step: number, drawn: Drawn): void {
  switch (drawn.kind) {
    case 'tiles':
      return logGrid(log, tag, step, bitmapOf(workbench, drawn));
    case 'animation': {
      const frames = drawn.frames.map((frame) => bitmapOf(workbench, frame));
      const [first] = frames;
      if (first === undefined) return;
      return log.image(tag, step, encodeAnimation(frames, drawn.millisecondsPerFrame), first.width, first.height);
    }
    case 'histogram':
      return log.histogram(tag, step, drawn.values);
    case 'tensor':
      return log.tensor(tag, step, drawn.shape, drawn.values);
    default:
      return assertNever(drawn);
  }
}

function bitmapOf(workbench: Workbench, { data, count, columns }: Tiles): Bitmap {
  return grid({ data: workbench.shown(data), count, shape: workbench.shape, columns });
}

/** Logs samples that a user asked for where the model logs its own: images as a grid, points with their classes if they have any. */
export function logSamples(log: EventLogWriter, { tag }: Sampling, step: number, samples: Samples): void {
  const { shape, data, count, labels } = samples;
  if (shape.kind === 'image') return logGrid(log, tag, step, grid(samples));
  if (shape.size !== 2) return log.tensor(tag, step, [count, shape.size], data);
  const points = pointsOf(data, labels);
  log.tensor(tag, step, points.shape, points.values);
}

function logGrid(log: EventLogWriter, tag: string, step: number, bitmap: Bitmap): void {
  log.image(tag, step, encodePng(bitmap), bitmap.width, bitmap.height);
}

/** Throws a RangeError for points. */
export function grid({ data, count, shape, columns }: Examples): Bitmap {
  return imageGrid(data, [count, ...imageShapeOf(shape)], { columns });
}

function imageShapeOf(shape: DataShape): readonly [number, number, number] {
  if (shape.kind === 'image') return shape.shape;
  throw new RangeError('Points are no images.');
}
