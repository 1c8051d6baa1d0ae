import { config } from 'zod';

/**
 * Keeps zod from compiling schemas with `new Function`, which the pages' content security policy forbids, and from
 * probing `navigator`, which VS Code's extension host reports as an error. Each schema checks this when it is created,
 * so this module has to be loaded before the first one.
 */
config({ jitless: true });
