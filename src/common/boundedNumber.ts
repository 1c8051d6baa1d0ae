/** Parses user input as a number within a range; returns the number or the problem to show. */
export function parseBounded(
  text: string,
  { title, minimum, maximum }: { readonly title: string; readonly minimum: number; readonly maximum: number },
): { readonly value: number } | { readonly problem: string } {
  const trimmed = text.trim().replace('−', '-');
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) {
    return { problem: trimmed === '' ? 'Enter a number.' : 'Not a number: enter 0.001 or 1e-3.' };
  }
  const value = Number(trimmed);
  if (value >= minimum && value <= maximum) return { value };
  return { problem: `${title} must be between ${minimum} and ${maximum}.` };
}
