/**
 * Scheme of documents that show the end of a long trainer log. In its own file so that it can be registered before
 * anything else is loaded.
 */
export const TRAINER_LOG_SCHEME = 'latent-studio-log';
