// The sample workspace that `npm start` opens.
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inRoot } from './paths.mjs';

const readme = `# A place to try Latent Studio

- \`npm start\` begins *Train VAE* when the window opens for the first time; later it shows the newest run and asks whether to
  resume it or to begin another one. Runs are in \`runs/\`.
- Open one of the \`*.latent.json\` files, change it, and press *Train this specification* in the editor's title bar.
- Everything here is yours to change or delete; \`npm start\` makes what is missing again.
`;

/**
 * Makes the sample workspace, or fills up what is missing of it; what is there is left as it is.
 * @returns {Promise<string>} its folder
 */
export async function makeDemoWorkspace() {
  const folder = inRoot('demo');
  await mkdir(folder, { recursive: true });
  const examples = (await readdir(inRoot('examples'))).filter((name) => name.endsWith('.latent.json'));
  for (const name of examples) {
    await cp(inRoot('examples', name), path.join(folder, name), { force: false });
  }
  const file = path.join(folder, 'README.md');
  if (!existsSync(file)) await writeFile(file, readme);
  return folder;
}
