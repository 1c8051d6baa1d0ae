import type { ZodError } from 'zod';
import { readBounded } from './boundedRead';
import { errorCode, RunError } from './error';
import { printable } from './printable';
import { RECORD_FILE } from './recordName';
import { capabilitiesIn } from '../protocol/families/earlier';
import { issueWords } from '../protocol/issueWords';
import { runRecordSchema, type RunRecord } from '../protocol/run';

/** A record is a few kilobytes; a larger file is not ours. */
export const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;
/** Of ours each takes a hundred bytes and more; a megabyte of `{},` takes a second to be looked through. */
const MAX_BRACKETS = 10_000;

/** Throws {@link RunError} for a record that {@link readRecordFile} would refuse: it must not take the place of one. */
export function encodeRecord(record: RunRecord): Uint8Array {
  const result = runRecordSchema.safeParse(record, { error: issueWords });
  if (!result.success) throw new RunError(`${RECORD_FILE} cannot be written: ${issueOf(result.error)}.`);
  const text = `${JSON.stringify(result.data, undefined, 2)}\n`;
  const problem = bracketProblem(text);
  if (problem !== undefined) throw new RunError(`${RECORD_FILE} cannot be written: ${problem}.`);
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MAX_RECORD_BYTES) return bytes;
  throw new RunError(
    `${RECORD_FILE} cannot be written: it would have ${bytes.length} bytes, over ${MAX_RECORD_BYTES}.`,
  );
}

/** Reads and checks a `run.json`. Throws {@link RunError} with a message for users. */
export async function readRecordFile(path: string): Promise<RunRecord> {
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(path, MAX_RECORD_BYTES);
  } catch (error) {
    if (error instanceof RunError) throw error;
    if (errorCode(error) === 'ENOENT') throw new RunError(`There is no ${printable(path)}: this is not a run.`);
    throw new RunError(`${printable(path)} cannot be read (${errorCode(error) ?? 'unknown error'}).`, { cause: error });
  }
  return decodeRecord(bytes, path);
}

function decodeRecord(bytes: Uint8Array, path: string): RunRecord {
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const problem = bracketProblem(text);
    if (problem !== undefined) throw new RunError(problem);
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof RunError ? error.message : 'it is not JSON in UTF-8';
    throw new RunError(`${printable(path)} cannot be used: ${reason}.`);
  }
  const result = runRecordSchema.safeParse(value, { error: issueWords });
  if (result.success) return complete(result.data);
  throw new RunError(`${printable(path)} cannot be used: ${issueOf(result.error)}.`);
}

/** Records of version 0.1.0 do not say what their models can do; it follows from their specifications. */
function complete(record: RunRecord): RunRecord {
  const capabilities = capabilitiesIn(record, record.specification);
  return capabilities === undefined ? record : { ...record, capabilities };
}

/** The first thing that is wrong, and where. */
function issueOf({ issues: [issue] }: ZodError): string {
  const where = issue === undefined || issue.path.length === 0 ? 'top level' : issue.path.map(String).join('.');
  return printable(`${where}: ${issue?.message ?? 'unknown'}`);
}

/** A problem with nesting, found without parsing; undefined if there is none. */
function bracketProblem(text: string): string | undefined {
  let [depth, all] = [0, 0];
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') {
      if (++depth > MAX_DEPTH) return 'it is nested too deeply';
      if (++all > MAX_BRACKETS) return `it has more than ${MAX_BRACKETS} objects and lists`;
    } else if (character === '}' || character === ']') depth--;
  }
  return undefined;
}
