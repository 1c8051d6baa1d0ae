/**
 * The key that the page of a restored tab was for; undefined for invalid state. The page has written this state, so it is
 * decoded like any message.
 */
export function restoredKey(state: unknown): string | undefined {
  return keyOf(typeof state === 'object' && state !== null && 'run' in state ? state.run : undefined);
}

/** The key of the run that was shown beside it. */
export function restoredComparison(state: unknown): string | undefined {
  return keyOf(typeof state === 'object' && state !== null && 'compared' in state ? state.compared : undefined);
}

function keyOf(run: unknown): string | undefined {
  return typeof run === 'string' && /^[0-9a-f]{24}$/.test(run) ? run : undefined;
}
