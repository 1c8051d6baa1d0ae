import path from 'node:path';

const natural = new Intl.Collator('en', { numeric: true });
/** The name pattern of a run's checkpoints. */
const STEP = /^step-(\d+)\.safetensors$/;

/**
 * Orders files that are offered for comparison with a file of this name: for a checkpoint of a run, first the run's
 * other checkpoints, newest first; then files of the same kind, then all others, each by name.
 */
export function besides(name: string): (a: string, b: string) => number {
  const kind = path.extname(name).toLowerCase();
  const checkpoint = stepOf(name) !== undefined;
  const place = (other: string) => {
    if (checkpoint && stepOf(other) !== undefined) return 0;
    return path.extname(other).toLowerCase() === kind ? 1 : 2;
  };
  const newer = (a: string, b: string) => (checkpoint ? (stepOf(b) ?? 0) - (stepOf(a) ?? 0) : 0);
  return (a, b) => place(a) - place(b) || newer(a, b) || natural.compare(a, b);
}

function stepOf(name: string): number | undefined {
  const digits = STEP.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
