/**
 * The key that the page of a restored tab was for; undefined for invalid state. The page has written this state, so it is
 * decoded like any message.
 */
export function restoredKey(state: unknown): string | undefined {
  const run = typeof state === 'object' && state !== null && 'run' in state ? state.run : undefined;
  return typeof run === 'string' && /^[0-9a-f]{24}$/.test(run) ? run : undefined;
}
