// Makes the sample workspace in demo/; `npm start` and the launch configurations open it.
import { makeDemoWorkspace } from './lib/demo.mjs';
import { runMain } from './lib/problem.mjs';

await runMain(async () => {
  process.stdout.write(`Sample workspace: ${await makeDemoWorkspace()}\n`);
});
