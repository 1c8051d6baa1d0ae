/**
 * Limits of one request of the latent explorer; its page splits larger ones into several requests with progress.
 * Separate from the schemas of latent.ts, so that a page which needs a limit does not bundle zod.
 */

/** Rows per answer or request. */
export const MOST_ENCODED = 5_000;
export const MOST_IMAGES = 8_192;
export const MOST_DECODED = 1_024;
export const MOST_REENCODED = 64;
export const MOST_FOLLOWED = 2_000;
/** Number of files written at once. */
export const MOST_SAVED_IMAGES = 1_000;
