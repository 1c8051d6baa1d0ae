// Measures what a window start pays for the extension, as VS Code itself counts it: the figure of *Developer: Show
// Running Extensions*, which is the time to load the bundle and to run activate(). Production bundles, served VS Code.
//   node scripts/measure-activation.mjs [--starts N] [--workspace FOLDER]
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './lib/build.mjs';
import { launchChromium } from './lib/chromium.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { linkExtension, startServed } from './lib/served.mjs';

/** The extension as packaged, without the files that only its trainers need. */
async function assemble(folder) {
  await mkdir(folder, { recursive: true });
  await build(['--production', '--outdir', path.join(folder, 'dist')]);
  const { type, ...manifest } = JSON.parse(await readFile(inRoot('package.json'), 'utf8'));
  void type;
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await cp(inRoot('media'), path.join(folder, 'media'), { recursive: true });
}

/** Runs a command by its title, as soon as the palette offers it. */
async function command(page, title) {
  const row = page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`).first();
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input[type=text]').fill(`>${title}`);
    const offered = await row.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
    if (offered) return row.click();
    await page.keyboard.press('Escape');
  }
  throw new Problem(`VS Code does not offer the command “${title}”.`);
}

/** One start of a window; returns the milliseconds that its list of running extensions shows for ours. */
async function start(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    await page.goto(url);
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await command(page, 'Developer: Show Running Extensions');
    const shown = page.locator('.runtime-extensions-editor .extension', { hasText: 'Latent Studio' });
    const time = shown.locator('.activation-time', { hasText: /\d+\s*ms/ });
    await time.waitFor({ timeout: 60_000 });
    return Number((await time.innerText()).replace(/^.*?(\d+)\s*ms.*$/s, '$1'));
  } finally {
    await page.close();
  }
}

await runMain(async () => {
  const { values } = parseArgs({ options: { starts: { type: 'string' }, workspace: { type: 'string' } } });
  const starts = Number(values.starts ?? 7);
  if (!Number.isInteger(starts) || starts < 1) throw new Problem('--starts is a whole number from 1.');
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'latent-activation-'));
  try {
    const [extension, data, empty] = ['extension', 'data', 'workspace'].map((name) => path.join(scratch, name));
    await assemble(extension);
    await mkdir(empty);
    await linkExtension(data, extension);
    const workspace = values.workspace === undefined ? empty : path.resolve(values.workspace);
    const served = await startServed({ workspace, data, trust: true });
    const browser = await launchChromium();
    const times = [];
    try {
      for (let index = 0; index < starts; index += 1) {
        const load = os.loadavg()[0];
        times.push(await start(browser, served.url));
        process.stdout.write(`start ${index + 1}: ${times.at(-1)} ms, load ${load.toFixed(1)}\n`);
      }
    } finally {
      await browser.close();
      await served.stop();
    }
    times.sort((a, b) => a - b);
    process.stdout.write(
      `median ${times[times.length >> 1]} ms, maximum ${times.at(-1)} ms of ${times.length} starts\n`,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
