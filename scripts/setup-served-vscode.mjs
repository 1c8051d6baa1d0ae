// Sets up the VS Code that `npm start` shows in a browser and that the tests run in; see scripts/lib/servedVscode.mjs.
import { runMain } from './lib/problem.mjs';
import { setUpServedVscode } from './lib/servedVscode.mjs';

await runMain(async () => {
  const { folder } = await setUpServedVscode();
  process.stdout.write(`Served VS Code: ${folder}\n`);
});
