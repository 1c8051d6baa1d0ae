import { createInterface } from 'node:readline';
import { errorCode, errorMessage } from '../../common/systemError';
import type { ImageJob, ImageJobMessage } from '../../protocol/imageJobs';
import { DataError } from '../error';
import { decodeFiles } from './decodeFiles';
import { drawSheet, survey } from './sheet';

/**
 * The image decoder: a process of its own, so that neither a trainer nor VS Code runs native code on files of unknown origin.
 * Takes one {@link ImageJob} as a line of JSON, answers with lines of {@link ImageJobMessage} and ends; also when its standard
 * input is closed, as when its parent ends.
 */

const PROGRESS_MILLISECONDS = 100;

let said = 0;
function progress(done: number, total: number): void {
  const now = performance.now();
  if (now < said + PROGRESS_MILLISECONDS && done < total) return;
  said = now;
  say({ progress: [done, total] });
}

function say(message: ImageJobMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function carryOut(job: ImageJob): Promise<unknown> {
  switch (job.job) {
    case 'decode':
      return decodeFiles({ ...job, onProgress: progress });
    case 'survey':
      return survey(job.root);
    case 'sheet':
      return drawSheet(job.root, job.options, job.out);
  }
}

async function answer(line: string): Promise<void> {
  try {
    say({ result: await carryOut(JSON.parse(line) as ImageJob) });
  } catch (error) {
    const remedy = error instanceof DataError ? error.remedy : undefined;
    say({ error: { message: errorMessage(error), code: errorCode(error), remedy } });
  }
  process.exitCode = 0;
  // What was said leaves first.
  process.stdout.write('', () => process.exit());
}

process.stdout.on('error', () => process.exit(1));
const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => void answer(line));
lines.once('close', () => process.exit(1));
