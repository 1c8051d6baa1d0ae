import { config } from 'zod';

/**
 * Keeps zod from compiling schemas with `new Function`, which the pages' content policy forbids, and from asking
 * `navigator` whether it may, which VS Code's extension host reports as an error. Each schema asks when it is built, so
 * this has to be loaded before the first one.
 */
config({ jitless: true });
