import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import type { DecodeResult, ImageJob, ImageJobMessage, SheetResult, Survey } from '../protocol/imageJobs';
import { lastLines } from '../native';

/** The decoder ended without a result, or could not write it. */
export class ImageDecoderError extends Error {
  override name = 'ImageDecoderError';

  constructor(
    message: string,
    /** Of the system, if that refused something: "ENOSPC". */
    readonly code?: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

export interface ImageDecoderOptions {
  /** `dist/imageDecoder.cjs` */
  readonly decoder: string;
  /** The program that runs it, and its environment; this process's own if absent. */
  readonly program?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the decoder; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

interface Results {
  readonly decode: DecodeResult;
  readonly survey: Survey;
  readonly sheet: SheetResult;
}

const LONGEST_WORDS = 4096;

/** Lets a decoder do a job, in a process of its own. Rejects with {@link ImageDecoderError}. */
export function runImageDecoder<Job extends ImageJob>(
  job: Job,
  options: ImageDecoderOptions,
): Promise<Results[Job['job']]> {
  const { decoder, program = process.execPath, environment, onProgress, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(program, [decoder], {
    stdio: 'pipe',
    // libvips works in the threads of libuv, of which there are 4 unless this is set before they start.
    env: { ...process.env, ...environment, UV_THREADPOOL_SIZE: String(availableParallelism()) },
    windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    const stop = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    let words = '';
    let last: ImageJobMessage | undefined;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-LONGEST_WORDS)));
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      const message = parse(line);
      if (message === undefined) return;
      if ('progress' in message) onProgress?.(...message.progress);
      else last = message;
    });
    child.on('error', (error) =>
      reject(new ImageDecoderError(`The image decoder cannot be started: ${error.message}.`)),
    );
    child.stdin.on('error', () => undefined); // It has ended, which “close” reports.
    child.stdin.write(`${JSON.stringify(job)}\n`);
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) return reject(signal.reason as Error);
      if (last !== undefined && 'result' in last) return resolve(last.result as Results[Job['job']]);
      if (last !== undefined && 'error' in last) {
        const { message, code: systemCode, remedy } = last.error;
        return reject(new ImageDecoderError(message, systemCode, remedy));
      }
      const how = killedBy === null ? `with exit code ${code}` : `by ${killedBy}`;
      reject(new ImageDecoderError(`The image decoder ended ${how}.${words === '' ? '' : `\n${lastLines(words)}`}`));
    });
  });
}

/** Undefined for a line of something else, such as a library's own words. */
function parse(line: string): ImageJobMessage | undefined {
  try {
    return JSON.parse(line) as ImageJobMessage;
  } catch {
    return undefined;
  }
}
