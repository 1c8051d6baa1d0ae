/** "1 tensor", "3 tensors": the count, or `shown` in its place, and the singular or plural noun. */
export function plural(count: number, noun: string, many = `${noun}s`, shown = String(count)): string {
  return `${shown} ${count === 1 ? noun : many}`;
}
