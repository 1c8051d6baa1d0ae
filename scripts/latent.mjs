// `npm run -s latent -- …`: the command line of this checkout, run where the user stands. It builds only when it must,
// and says so on stderr only: nothing but the command's own output may reach a pipe.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkCheckout } from './lib/checkout.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';

const programs = ['cli.cjs', 'trainer.cjs'].map((file) => inRoot('dist', file));

const newestSource = () =>
  Math.max(
    ...readdirSync(inRoot('src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs),
  );
/** Build time of the older of the two programs; 0 if one of them is missing. */
const oldestProgram = () =>
  Math.min(...programs.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));

await runMain(async () => {
  checkCheckout();
  if (oldestProgram() < newestSource()) {
    const built = spawnSync(process.execPath, [inRoot('scripts', 'build.mjs')], { stdio: ['ignore', 2, 2] });
    if (built.status !== 0) throw new Problem('The build failed.', { why: 'See the messages above.' });
  }
  // npm changes into the checkout; paths after `npm run latent --` are relative to the folder where the command was
  // typed.
  if (process.env.npm_lifecycle_event === 'latent' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  // In this process, so that Ctrl-C, exit codes and the terminal belong to the program itself.
  process.argv[1] = programs[0];
  await import(pathToFileURL(programs[0]).href);
});
