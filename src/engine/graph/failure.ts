import { callers } from '../callers';
import { mayFail } from './addFunction';
import { prefixOf } from './compile';
import type { Trace } from './trace';

/** How the binding begins, and what TensorFlow adds: the node and the way there. */
const FRAME = /^(?:Session fail to run with error|Failed to load SavedModel): |\n[\s\S]*$/g;

/** Does what TensorFlow may refuse; its errors then name the function, the operation and who has called it, not a node. */
export function explaining<Result>(traces: ReadonlyMap<string, Trace>, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw explained(traces, error);
  }
}

function explained(traces: ReadonlyMap<string, Trace>, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const node = /\bnode (?:\S*\/)?(f\d+)\/(\d+)\b/.exec(error.message);
  const [name, trace] = [...traces].find((_, index) => prefixOf(index) === node?.[1]) ?? [];
  const operation = trace?.operations[Number(node?.[2])];
  if (!name || !operation) return error;
  const reason = error.message.replace(FRAME, '').replace(/\.$/, '');
  return new Error(`${name}: ${operation.operation} failed: ${reason}.${callers(operation.at)}`, { cause: error });
}

/**
 * A trace to be kept for as long as its function runs. Stacks take kilobytes each and hold on to whatever was on them; only what
 * may fail in a call will be asked for its place.
 */
export function withoutStacks(trace: Trace): Trace {
  return {
    ...trace,
    operations: trace.operations.map((operation) => ({
      ...operation,
      at: mayFail(operation) ? callers(operation.at) : '',
    })),
    constants: trace.constants.map((constant) => ({ ...constant, at: '' })),
  };
}
