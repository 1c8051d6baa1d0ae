// Sets up the Python programs that tests compare our files with; see scripts/lib/peers.mjs.
//   node scripts/setup-peers.mjs          sets them up unless they are there
//   node scripts/setup-peers.mjs --find   says where their Python is and sets nothing up
// Prints the path of the Python that has them as its last line; exit code 1 if there is none.
import { findPeers, setUpPeers } from './lib/peers.mjs';
import { Problem, runMain } from './lib/problem.mjs';

await runMain(async () => {
  const python = process.argv.includes('--find') ? findPeers() : await setUpPeers();
  if (python === undefined) {
    throw new Problem('The Python peers are not set up.', { next: 'Run: node scripts/setup-peers.mjs' });
  }
  process.stdout.write(`${python}\n`);
});
