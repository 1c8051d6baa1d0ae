import { errorMessage } from '../common/systemError';
import { modelFrame } from './graph/places';

/** Frames that a stack has at most: between an operation and the model's function that calls it there are many. */
const STACK_FRAMES = 40;

/** Runs `body` with stacks deep enough to reach the model's own functions. */
export function withDeepStacks<Result>(body: () => Result): Result {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_FRAMES;
  try {
    return body();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/**
 * " Called from sigmoid, decode (models/vae.ts:80).": the nearest callers of an operation that are the model's own; nothing where
 * there are none. A string is what this function has said before.
 */
export function callers(at: Error | string): string {
  if (typeof at === 'string') return at;
  const named = placesIn(at).slice(0, 3);
  return named.length === 0 ? '' : ` Called from ${named.map(({ place }) => place).join(', ')}.`;
}

/**
 * What was thrown in a function's body, saying first which function it was and where the model called what failed. The error stays of
 * its class; its stack begins with the model's own frames, and the engine's follow.
 */
export function placed(functionName: string, thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(`${functionName}: ${String(thrown)}`, { cause: thrown });
  const named = thrown.message.startsWith(`${functionName}: `);
  const reason = plainReason(thrown);
  const sentence = /[!?]$/.test(reason) ? reason : `${reason}.`;
  const message = named ? thrown.message : `${functionName}: ${sentence}${callers(thrown)}`;
  if (!Object.isExtensible(thrown)) return new Error(message, { cause: thrown });
  const own = placesIn(thrown).map(({ frame }) => frame);
  const rest = framesOf(thrown).filter((frame) => !own.includes(frame));
  const stack = [`${thrown.name}: ${message}`, ...own, ...rest].join('\n');
  // Defined, not set: some errors have these from their prototype, which does not let them be set.
  const property = (value: string) => ({ value, configurable: true, writable: true });
  return Object.defineProperties(thrown, { message: property(message), stack: property(stack) });
}

/** Why TensorFlow has failed, without what its binding puts around that; no full stop. */
export function plainReason(error: unknown): string {
  return errorMessage(error).replace(/^Invalid TF_Status: \d+\s*Message: |\s*; NodeDef: [\s\S]*$|\.$/g, '');
}

interface ModelPlace {
  readonly frame: string;
  /** "decode (models/vae.ts:80)" */
  readonly place: string;
}

/** Of a stack the model's own frames, the nearest first. */
function placesIn(at: Error): readonly ModelPlace[] {
  const frames = framesOf(at);
  const bundled = frames.flatMap((frame) => {
    const place = modelFrame(frame);
    return place === undefined ? [] : [{ frame, place }];
  });
  return bundled.length > 0 ? bundled : ownFrames(frames);
}

function framesOf({ stack }: Error): string[] {
  return (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
}

/** By path, where modules are files. What called the function's body is not the model's. */
function ownFrames(frames: readonly string[]): ModelPlace[] {
  const end = frames.findLastIndex((frame) => BODY.test(frame));
  const inside = end === -1 ? frames : frames.slice(0, end);
  return inside
    .filter((frame) => !MACHINERY.test(frame))
    .map((frame) => {
      const called = frame.trim().replace(/^at (?:async )?/, '');
      const place = called
        .replace(/ \(.*[\\/]([^\\/]+[\\/][^\\/]+):\d+\)$/, ' ($1)')
        .replace(/^\S*[\\/]([^\\/]+[\\/][^\\/]+):\d+$/, '$1');
      return { frame, place };
    });
}

const BODY = /src[\\/]engine[\\/]calls\./;

const MACHINERY =
  /@tensorflow|tfjs|src[\\/]engine[\\/]|node:internal|kernelFunc|Engine\.|runKernel|executeOp|executeSingleOutput|getInputTensorIds|<anonymous>\)?$/;
