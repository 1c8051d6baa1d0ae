/**
 * What one request of the latent explorer may ask for; its page asks for more in several requests, and shows their progress.
 * Apart from the schemas of latent.ts, so that a page which needs a limit does not bundle zod.
 */

/** Rows of one answer or request. */
export const MOST_ENCODED = 5_000;
export const MOST_IMAGES = 8_192;
export const MOST_DECODED = 1_024;
export const MOST_REENCODED = 64;
export const MOST_FOLLOWED = 2_000;
/** Files that are written at once. */
export const MOST_SAVED_IMAGES = 1_000;
