import { reasonOf } from '../common/systemError';

/** Why something failed, as a sentence of its own. */
export function sentenceOf(error: unknown): string {
  const reason = reasonOf(error);
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
