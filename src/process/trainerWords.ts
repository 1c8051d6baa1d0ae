import type { FileHandle } from 'node:fs/promises';
import { readFully } from '../runs/boundedRead';

/** Bytes of a trainer's output that are shown to users. */
export const LONGEST_TAIL = 4_000;

/**
 * Lines that TensorFlow's library always prints when it is loaded: output of absl before its initialization, messages
 * and warnings in absl's format ("I0000 00:00:1795251358.7 25545 port.cc:153] …") and in TensorFlow's own ("2026-01-02
 * 03:04:05.678: I tensorflow/core/…] …"), and the second line of the one on CPU instructions. Errors are kept.
 */
const STARTUP_LINES = [
  /^WARNING: All log messages before absl::InitializeLog\(\) is called/,
  /^[IW]\d{4} \d\d:\d\d:[\d.]+ +\d+ [\w.]+:\d+\] /,
  /^\d{4}-\d\d-\d\d \d\d:\d\d:[\d.]+: [IW] \S+:\d+\] /,
  /^To enable the following instructions: .*rebuild TensorFlow/,
];

/** The part of a trainer's output that is worth showing: without TensorFlow's startup messages. */
export function wordsOf(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => !STARTUP_LINES.some((startup) => startup.test(line)));
  return lines.join('\n').trim();
}

/** The text appended to a log after `from`; only its end if it is long. */
export async function tail(log: FileHandle, from: number): Promise<string> {
  const { size } = await log.stat();
  const begin = Math.max(from, size - LONGEST_TAIL);
  const buffer = Buffer.alloc(Math.max(0, size - begin));
  return buffer.toString('utf8', 0, await readFully(log, buffer, begin));
}
