import path from 'node:path';

/** The checkout. */
export const root = path.join(import.meta.dirname, '..', '..');
/** A path inside the checkout. */
export const inRoot = (...parts) => path.join(root, ...parts);
