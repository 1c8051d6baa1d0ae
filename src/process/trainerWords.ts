import type { FileHandle } from 'node:fs/promises';
import { readFully } from '../runs/boundedRead';

/** Bytes of a trainer's output that are shown to people. */
export const LONGEST_TAIL = 4_000;

/**
 * Lines that TensorFlow's library prints of itself whenever it is loaded: what absl says before it is set up, remarks and
 * warnings in absl's form ("I0000 00:00:1795251358.7  25545 port.cc:153] …") and in TensorFlow's own ("2026-01-02
 * 03:04:05.678: I tensorflow/core/…] …"), and the second line of the one on CPU instructions. Its errors stay.
 */
const STARTUP_LINES = [
  /^WARNING: All log messages before absl::InitializeLog\(\) is called/,
  /^[IW]\d{4} \d\d:\d\d:[\d.]+ +\d+ [\w.]+:\d+\] /,
  /^\d{4}-\d\d-\d\d \d\d:\d\d:[\d.]+: [IW] \S+:\d+\] /,
  /^To enable the following instructions: .*rebuild TensorFlow/,
];

/** What a trainer said that is worth showing: without what TensorFlow says of itself at every start. */
export function wordsOf(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => !STARTUP_LINES.some((startup) => startup.test(line)));
  return lines.join('\n').trim();
}

/** What was appended to a log after `from`, its end when that is long. */
export async function tail(log: FileHandle, from: number): Promise<string> {
  const { size } = await log.stat();
  const begin = Math.max(from, size - LONGEST_TAIL);
  const buffer = Buffer.alloc(Math.max(0, size - begin));
  return buffer.toString('utf8', 0, await readFully(log, buffer, begin));
}
