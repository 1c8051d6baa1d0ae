export interface SavedImage {
  readonly run: string;
  /** What the image shows: a tag of the log, or a drawing. */
  readonly label: string;
  readonly step: number;
  readonly seed?: number;
  readonly mime: 'image/png' | 'image/jpeg';
  readonly bytes: Uint8Array;
}

/** A name for the file. Names and tags come from files, so only letters, digits, dots and dashes are kept. */
export function imageFileName({ run, label, step, seed, mime }: SavedImage): string {
  const parts = [run, label, `step-${step}`, ...(seed === undefined ? [] : [`seed-${seed}`])];
  const stem = parts.map((part) => part.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^[.-]+|[.-]+$/g, ''));
  return `${stem
    .filter((part) => part !== '')
    .join('-')
    .slice(0, 120)}.${mime === 'image/png' ? 'png' : 'jpg'}`;
}
