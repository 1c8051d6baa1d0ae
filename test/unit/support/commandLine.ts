import { spawn } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs `latent` in a folder. `onLine` may act on a line of its output while it runs. */
export type Latent = (
  parameters: readonly string[],
  onLine?: (line: string, interrupt: () => void) => unknown,
  environment?: NodeJS.ProcessEnv,
) => Promise<Finished>;

/** @param cli the bundle of the command line */
export function commandLine(cli: string, folder: string): Latent {
  return (parameters, onLine, environment = {}) => {
    const env = { ...process.env, ...environment };
    const child = spawn(process.execPath, [cli, ...parameters], { cwd: folder, env });
    let [out, error, unfinished] = ['', '', ''];
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop()!;
      for (const line of lines) onLine?.(line, () => child.kill('SIGINT'));
    });
    return new Promise<Finished>((resolve) => child.once('close', (code) => resolve({ code, out, error })));
  };
}

/** The documents of `--json`, one a line. */
export const documents = ({ out }: Finished) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
