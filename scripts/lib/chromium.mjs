// The browser of the tests and the screenshots: the distribution's Chromium, driven by playwright-core.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { Problem } from './problem.mjs';

/** The browser's executable: CHROMIUM, else the first of the usual names on the path. */
function findChromium(environment = process.env) {
  if (environment.CHROMIUM) return environment.CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  for (const folder of (environment.PATH ?? '').split(path.delimiter)) {
    const found = names.map((name) => path.join(folder, name)).find((file) => existsSync(file));
    if (found) return found;
  }
  return undefined;
}

/** Starts the browser without a window; everything that would talk to the network by itself is off. */
export function launchChromium() {
  const executablePath = findChromium();
  if (!executablePath) {
    throw new Problem('No Chromium was found.', {
      why: 'The tests drive the distribution’s own browser; none is downloaded.',
      next: 'Run scripts/setup-system.sh, or name one in the environment variable CHROMIUM.',
    });
  }
  return chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--enable-unsafe-swiftshader'],
    ],
  });
}
