import type { ReadImages as RecordedImages, RunRecord } from '../../protocol/run';
import { printable } from '../../runs/printable';
import type { Workbench } from '../workbench/workbench';

/** Files that cannot be decoded, of which the record, and the log, name no more. */
const MOST_RECORDED = 10;
const MOST_LOGGED = 10_000;
const LONGEST_NAME = 200;

/** What the record says of the folder of images that a run learns from; undefined for other data. */
export function recordedImages({ dataset }: Pick<Workbench, 'dataset'>): RecordedImages | undefined {
  if (dataset.images === undefined) return undefined;
  const { used, skipped, fingerprint } = dataset.images;
  const examples = skipped.slice(0, MOST_RECORDED).map(({ file, reason }) => {
    return { file: printable(file, LONGEST_NAME), reason: printable(reason, LONGEST_NAME) };
  });
  return { used, skipped: skipped.length, examples, fingerprint };
}

/** Caveats for the record: how the data were understood, what was not used, and whether the files have changed since the previous session. */
export function imageNotes(
  { dataset }: Pick<Workbench, 'dataset'>,
  from: number,
  before: Pick<RunRecord, 'images'>,
): string[] {
  const notes = [...(dataset.remarks ?? [])];
  if (dataset.images === undefined) return notes;
  const { used, skipped, fingerprint, remarks } = dataset.images;
  notes.push(...remarks);
  if (skipped.length > 0) {
    notes.push(
      `${count(skipped.length)} of ${count(used + skipped.length)} images cannot be decoded and are not used.`,
    );
  }
  if (from > 0 && before.images !== undefined && before.images.fingerprint !== fingerprint) {
    notes.push(`From step ${from} on not bit for bit: the files in the folder of images have changed.`);
  }
  return notes;
}

/** Lists in the trainer's log what was read. */
export function logImages({ dataset }: Pick<Workbench, 'dataset'>): void {
  if (dataset.images === undefined) return;
  const { used, skipped } = dataset.images;
  const lines = skipped.slice(0, MOST_LOGGED).map(({ file, reason }) => `  ${printable(file)}: ${printable(reason)}`);
  const more = skipped.length > lines.length ? [`  and ${count(skipped.length - lines.length)} more`] : [];
  const words = `Images: ${count(used)} used, ${count(skipped.length)} skipped`;
  process.stderr.write(`${[`${words}${skipped.length === 0 ? '.' : ':'}`, ...lines, ...more].join('\n')}\n`);
}

const count = (value: number) => value.toLocaleString('en-US');
