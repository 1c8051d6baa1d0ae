import { createReadStream } from 'node:fs';
import { parseLocatedJson, syntaxWords } from '../formats/locatedJson';
import { JsonSyntaxError } from '../formats/strictJson';
import { parseNewSpecification, type Specification } from '../protocol/specification';
import { reasonOf } from '../runs/error';
import { UsageError } from './usageError';

/** A specification has a few hundred bytes. */
const LARGEST_BYTES = 1024 * 1024;

/**
 * Reads a `*.latent.json` file and applies the `--set` options. Throws {@link UsageError} for an invalid file and for a
 * setting that cannot be applied, SpecificationError for unknown keys and invalid values.
 */
export async function readSpecification(file: string, settings: readonly string[] = []): Promise<Specification> {
  const text = await readText(file);
  return parseNewSpecification(settings.reduce(applySetting, parseJson(text, file)));
}

function parseJson(text: string, file: string): unknown {
  try {
    return parseLocatedJson(text).value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new UsageError(`${file} is not JSON: ${syntaxWords(error, text)}.`);
  }
}

/** Also reads a pipe (`<(…)`), whose size is not known in advance. */
async function readText(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LARGEST_BYTES) throw new UsageError(`${file} is too large to be a specification.`);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The specification ${file} cannot be read: ${reasonOf(error)}.`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * `a.b.c=value`, applied to a copy: missing objects on the way are created, numbers are indices of arrays, and the
 * value is parsed as JSON if possible (".5" is accepted as a number), else it is the text itself. Throws {@link
 * UsageError}.
 */
export function applySetting(root: unknown, setting: string): unknown {
  const equals = setting.indexOf('=');
  const path = setting.slice(0, Math.max(0, equals)).split('.');
  if (equals < 1 || path.includes('')) {
    throw new UsageError(`"${setting}" is not path=value, such as training.epochs=3.`);
  }
  return put(root, path, valueOf(setting.slice(equals + 1)), setting);
}

function put(target: unknown, [key, ...rest]: readonly string[], value: unknown, setting: string): unknown {
  if (key === undefined) return value;
  if (Array.isArray(target)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > target.length) {
      throw new UsageError(`In "${setting}", ${key} is not an index of a list of ${target.length}.`);
    }
    return [...target.slice(0, index), put(target[index], rest, value, setting), ...target.slice(index + 1)];
  }
  if (target !== undefined && (typeof target !== 'object' || target === null)) {
    throw new UsageError(`In "${setting}", ${key} is inside a value that is not an object.`);
  }
  // Object.fromEntries instead of an assignment: a key named __proto__ stays an ordinary key, which the schema rejects.
  const entries = new Map(Object.entries(target ?? {}));
  entries.set(key, put(entries.get(key), rest, value, setting));
  return Object.fromEntries(entries);
}

function valueOf(text: string): unknown {
  // A number in a form that JSON does not allow.
  if (/^[+-]?\.\d+$/.test(text)) return Number(text);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
