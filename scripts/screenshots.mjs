// Takes the pictures of the README anew: the end-to-end tests, whose pictures are kept in docs/images.
import { runShown } from './lib/children.mjs';
import { inRoot } from './lib/paths.mjs';
import { runMain } from './lib/problem.mjs';

await runMain(() =>
  runShown(process.execPath, [inRoot('scripts', 'test.mjs'), 'e2e'], {
    env: { ...process.env, LATENT_STUDIO_SCREENSHOTS: inRoot('docs', 'images') },
  }),
);
