import { lastLines, runCommand } from './command';
import { trainerEnvironment } from './environment';
import { TensorFlowSetupError } from './error';
import type { TensorFlowLocation } from './location';

const TIMEOUT_MILLISECONDS = 120_000;

/**
 * Runs a piece of JavaScript with the binding in a separate process, so that a crash of the library (a CPU without the
 * required instructions, a wrong CUDA) becomes an error message. The program gets `binding`, its parameters from
 * `process.argv[2]` on, and `answer(value)`, whose JSON is returned. Throws TensorFlowSetupError "self-test".
 */
export async function runBinding(
  program: string,
  location: TensorFlowLocation,
  options: { parameters?: readonly string[]; threads?: number; signal?: AbortSignal } = {},
): Promise<unknown> {
  const environment = trainerEnvironment(location, process.env, { threads: options.threads });
  const result = await runCommand(
    process.execPath,
    ['-e', `${PREAMBLE}{${program}}`, location.binding, ...(options.parameters ?? [])],
    {
      signal: options.signal,
      // VS Code's own executable acts as Node.js if told to.
      environment: { ...environment, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    },
  );
  if (result.code !== 0) {
    const end = result.signal ? `ended by ${result.signal}` : `exit status ${result.code}`;
    throw bindingFailed(`${end}\n${lastLines(result.stderr)}`);
  }
  try {
    return JSON.parse(lastLines(result.stdout, 1));
  } catch {
    throw bindingFailed(`unreadable answer: ${lastLines(result.stdout, 1)}`);
  }
}

/** The library may print as well, so only the last line is the answer. */
const PREAMBLE = `
const binding = require(process.argv[1]);
const answer = (value) => console.log('\\n' + JSON.stringify(value));
`;

export function bindingFailed(how: string): TensorFlowSetupError {
  return new TensorFlowSetupError(
    'self-test',
    `TensorFlow was found but does not work here: ${how}`,
    'Training uses WebAssembly meanwhile. If it is a TensorFlow of your own, check it with: python3 -c "import tensorflow"',
  );
}
