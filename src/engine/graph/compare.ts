import { callers } from '../callers';
import { TraceError, type Source, type Trace, type TracedConstant, type TracedOperation } from './trace';

/**
 * Throws {@link TraceError} unless two traces of a function, made with different inputs, noise and variables, are the same. Differences
 * come from values: a branch, a number drawn in JavaScript, a tensor computed before the trace. In a graph they would be fixed at
 * what they were the first time.
 */
export function compareTraces(name: string, first: Trace, second: Trace): void {
  first.operations.forEach((operation, index) => {
    compareOperations(name, operation, second.operations[index], [first, second]);
  });
  if (second.operations.length > first.operations.length) {
    differs(name, second.operations[first.operations.length]!, 'was called in one of two traces only');
  }
  const [a, b] = [first, second].map(({ outputs, updates }) => JSON.stringify([outputs, updates]));
  const constants = first.constants.findIndex((constant, index) => !sameConstant(constant, second.constants[index]));
  // Constants that no operation takes may still be handed out or assigned.
  if (a !== b || constants >= 0) {
    throw new TraceError(
      `${name}: what it returns or assigns differs between two traces with different data: it depends on a value.${
        constants >= 0 ? callers(first.constants[constants]!.at) : ''
      }`,
    );
  }
}

function compareOperations(
  name: string,
  operation: TracedOperation,
  other: TracedOperation | undefined,
  traces: readonly [Trace, Trace],
): void {
  if (other?.operation !== operation.operation) {
    differs(name, operation, `was called in one of two traces, and ${other?.operation ?? 'nothing'} in the other`);
  }
  if (shapesOf(operation) !== shapesOf(other)) differs(name, operation, 'has another shape in a second trace');
  if (JSON.stringify(operation.attributes) !== JSON.stringify(other.attributes)) {
    differs(name, operation, 'has other attributes in a second trace');
  }
  operation.inputs.forEach((source, position) => {
    const constants = [source, other.inputs[position]].map((each, index) => constantOf(each, traces[index]!));
    if (constants[0] && constants[1]) {
      if (!sameConstant(constants[0], constants[1])) {
        differs(name, operation, 'takes a constant that differs in a second trace, with other data and noise');
      }
    } else if (JSON.stringify(source) !== JSON.stringify(other.inputs[position])) {
      differs(name, operation, 'takes other tensors in a second trace');
    }
  });
}

function differs(name: string, { operation, at }: TracedOperation, how: string): never {
  throw new TraceError(
    `${name}: ${operation} ${how}. A function may depend on its inputs and variables as tensors only, and draws with scope.normal or scope.uniform.${callers(at)}`,
  );
}

function constantOf(source: Source | undefined, trace: Trace): TracedConstant | undefined {
  return source?.from === 'constant' ? trace.constants[source.index] : undefined;
}

function sameConstant(a: TracedConstant, b: TracedConstant | undefined): boolean {
  return (
    b !== undefined && a.type === b.type && a.shape.join() === b.shape.join() && Buffer.compare(a.bytes, b.bytes) === 0
  );
}

function shapesOf({ outputs }: TracedOperation): string {
  return JSON.stringify(outputs);
}
