/** "1 tensor", "3 tensors": the count as it is, or as `shown` writes it, and the noun that fits. */
export function plural(count: number, noun: string, many = `${noun}s`, shown = String(count)): string {
  return `${shown} ${count === 1 ? noun : many}`;
}
