import type { Alert } from './alert';

/** "Alert at step 1200: Mode collapse. Samples … A lower …", or that it is over. */
export function alertWords({ title, step, cleared, text, advice }: Alert): string {
  if (cleared !== undefined) return `Alert over at step ${cleared}: ${title}, raised at step ${step}.`;
  return `Alert at step ${step}: ${title}. ${text} ${advice}`;
}
