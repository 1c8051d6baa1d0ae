// Long work with a line of progress: a label, the time that has passed, and the whole output in a log file.
import { open, readFile } from 'node:fs/promises';
import { spawnOwned } from './children.mjs';
import { Problem } from './problem.mjs';

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;

/**
 * Shows `label` with the seconds that have passed while `work` runs: in place on a terminal, else a line every 20 s, so
 * that a long silence is not taken for a hang.
 * @template T
 * @param {string} label
 * @param {(say: (detail: string) => void) => Promise<T>} work may report its progress
 * @param {string} [usually] expected duration: "about two minutes"
 * @returns {Promise<T>}
 */
export async function step(label, work, usually) {
  const begun = Date.now();
  const live = process.stdout.isTTY;
  let detail = '';
  const draw = () => {
    const line = `  ${label}${detail && ` (${detail})`} … ${seconds(begun)}${usually ? ` (usually ${usually})` : ''}`;
    process.stdout.write(live ? `\r\x1b[2K${line}` : `${line}\n`);
  };
  draw();
  const timer = setInterval(draw, live ? 500 : 20_000);
  const end = (word) => {
    clearInterval(timer);
    process.stdout.write(`${live ? '\r\x1b[2K' : ''}  ${label}: ${word}, ${seconds(begun)}\n`);
  };
  try {
    const result = await work((next) => {
      detail = next;
    });
    end('done');
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}

/**
 * Runs a command silently, its output appended to `log`; throws a {@link Problem} with the last lines when it fails.
 * @param {{command: string, parameters: readonly string[], log: string, next?: string, cwd?: string,
 *   environment?: NodeJS.ProcessEnv}} what
 */
export async function runLogged({ command, parameters, log, next, cwd, environment }) {
  const file = await open(log, 'a');
  await file.write(`\n$ ${command} ${parameters.join(' ')}\n`);
  const child = spawnOwned(command, parameters, { cwd, env: environment, stdio: ['ignore', file.fd, file.fd] });
  const ending = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
  });
  await file.close();
  if (ending === undefined) return;
  const last = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-25).join('\n    ');
  throw new Problem(`"${command} ${parameters.join(' ')}" failed (${ending}).`, {
    why: `Its last lines (all of them: ${log}):\n    ${last}`,
    next,
  });
}
