// The sample workspace that `npm start` opens.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache.mjs';
import { inRoot, root } from './paths.mjs';

const readme = `# A place to try Latent Studio

- \`npm start\` begins *Train VAE* when the window opens for the first time; later it shows the newest run and asks whether to
  resume it or to begin another one. Runs are in \`runs/\`.
- Open one of the \`*.latent.json\` files, change it, and press *Train This Specification* in the editor's title bar.
- Everything here is yours to change or delete; \`npm start\` restores what is missing.
`;

const usual = inRoot('demo');

/**
 * Creates the sample workspace, or adds missing files; existing files are not changed.
 * @param {string} [folder] an absolute path
 * @returns {Promise<string>} its folder
 */
export async function makeDemoWorkspace(folder = usual) {
  await mkdir(folder, { recursive: true });
  const examples = (await readdir(inRoot('examples'))).filter((name) => name.endsWith('.latent.json'));
  for (const name of examples) {
    await cp(inRoot('examples', name), path.join(folder, name), { force: false });
  }
  const file = path.join(folder, 'README.md');
  if (!existsSync(file)) await writeFile(file, readme);
  return folder;
}

/**
 * The data folder of the served VS Code that `npm start` opens on a sample workspace, by default this checkout's: it
 * remembers windows, settings, trust, port and token from start to start.
 * @param {string} [workspace]
 */
export function servedData(workspace = usual) {
  const name = workspace === usual ? root : `${root}\n${workspace}`;
  return path.join(cacheFolder(), `start-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`);
}
