import { imageGrid, type Bitmap } from '../../formats/grid';
import { encodePng } from '../../formats/png';
import type { EventLogWriter } from '../../runs/eventLog';
import { withBreaks } from '../workbench/withBreaks';
import type { Images, Workbench } from '../workbench/workbench';

/** What the rows of the pictures show, by tag; a picture whose rows mean nothing is left out. */
export function previewRows({ model, easel }: Workbench): Readonly<Record<string, readonly string[] | undefined>> {
  return Object.fromEntries(model.pictures.map((picture) => [picture.tag, picture.rows(easel)]));
}

/** Logs the model's pictures. Between slices the event loop has its turn. */
export async function logPreviews(workbench: Workbench, log: EventLogWriter, step: number): Promise<void> {
  const { model, easel, imageShape: shape } = workbench;
  for (const { tag, draw } of model.pictures) {
    const { data, count, columns } = await withBreaks(draw(easel));
    logGrid(log, tag, step, grid({ data, count, shape, columns }));
  }
}

export function logGrid(log: EventLogWriter, tag: string, step: number, bitmap: Bitmap): void {
  log.image(tag, step, encodePng(bitmap), bitmap.width, bitmap.height);
}

export function grid({ data, count, shape, columns }: Images): Bitmap {
  return imageGrid(data, [count, ...shape], { columns });
}
