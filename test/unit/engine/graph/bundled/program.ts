import { openBackend } from '../../../../../src/engine';
import { broken } from './models/broken';

/** Prints, for each broken function, what compiling it says. */
async function main(): Promise<void> {
  const backend = await openBackend({ choice: 'tensorflow' });
  const said: Record<string, string> = {};
  for (const name of Object.keys(broken)) {
    const runner = backend.createRunner({ variables: [], functions: broken }, 0);
    try {
      runner.prepare([name]);
    } catch (error) {
      said[name] = String(error);
    }
  }
  process.stdout.write(JSON.stringify(said));
}

void main().then(() => process.exit(0));
