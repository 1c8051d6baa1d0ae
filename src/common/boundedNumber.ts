/** What somebody typed where a number of a range is wanted, as that number, or why it is none, in words. */
export function parseBounded(
  text: string,
  { title, minimum, maximum }: { readonly title: string; readonly minimum: number; readonly maximum: number },
): { readonly value: number } | { readonly problem: string } {
  const trimmed = text.trim().replace('−', '-');
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) {
    return { problem: trimmed === '' ? 'A number is needed.' : 'Not a number: write 0.001 or 1e-3.' };
  }
  const value = Number(trimmed);
  if (value >= minimum && value <= maximum) return { value };
  return { problem: `${title} goes from ${minimum} to ${maximum}.` };
}
