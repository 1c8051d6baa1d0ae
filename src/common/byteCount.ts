const UNITS = ['KB', 'MB', 'GB', 'TB'];

/** "1 byte", "812 bytes", "8.4 MB (8,424,860 bytes)", by powers of 1,000 as disks count. */
export function byteCount(bytes: number): string {
  const exact = `${bytes.toLocaleString('en-US')} ${bytes === 1 ? 'byte' : 'bytes'}`;
  if (bytes < 1000) return exact;
  let [value, unit] = [bytes / 1000, 0];
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${UNITS[unit]} (${exact})`;
}

/** Missing bytes of a truncated file, for use after a colon. */
export function missingData(bytes: number): string {
  return `${byteCount(bytes)} of data ${bytes === 1 ? 'is' : 'are'} missing`;
}
