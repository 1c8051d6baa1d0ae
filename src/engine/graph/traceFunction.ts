import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { runBody } from '../calls';
import { sizeOf } from '../hostTensor';
import type { InputDeclaration, Program, ProgramFunction } from '../program';
import { uniforms } from '../random/philox';
import { averagesOf, type StateDeclaration } from '../state';
import { compareTraces } from './compare';
import { Recorder } from './recorder';
import { TraceScope } from './scope';
import type { Trace } from './trace';

/** A program and its state (`heldBy`), which is the same for all of its functions. */
interface TracedProgram {
  readonly program: Program;
  readonly declared: ReadonlyMap<string, StateDeclaration>;
}

/**
 * Runs a function twice, with different inputs and variables, and returns what it does. Throws {@link TraceError} when it
 * depends on more than its inputs and variables as tensors.
 */
export function traceFunction(
  backend: NodeJSKernelBackend,
  program: TracedProgram,
  name: string,
  called: ProgramFunction,
): Trace {
  const [first, second] = [1, 2].map((variant) => traceOnce(backend, program, name, called, variant));
  compareTraces(name, first!, second!);
  return first!;
}

function traceOnce(
  backend: NodeJSKernelBackend,
  { program, declared }: TracedProgram,
  name: string,
  called: ProgramFunction,
  variant: number,
): Trace {
  const recorder = new Recorder(backend, name);
  // One for each tensor, so that no two are alike.
  let streams = 0;
  const begin = (from: 'input' | 'state', declaration: InputDeclaration, of: string) => {
    const stream = streams++;
    return recorder.begin({ from, name: of }, () => anyTensor(declaration, variant, stream));
  };
  const state = new Map<string, Tensor>();
  // Made on demand: a function that does not train needs no slots, which are two thirds of the state.
  const stateNamed = (of: string) => {
    const tensor = state.get(of) ?? begin('state', declared.get(of)!, of);
    state.set(of, tensor);
    return tensor;
  };
  const sourceOf = (value: Tensor) => recorder.sourceOf(value);
  const averages = called.weights === 'averaged' ? averagesOf(program) : undefined;
  const scope = new TraceScope({ program, declared, state: stateNamed, averages, sourceOf });
  const outputs: Record<string, Trace['outputs'][string]> = {};
  try {
    tidy(() => {
      const inputs = Object.fromEntries(
        Object.entries(called.inputs).map(([input, declaration]) => [input, begin('input', declaration, input)]),
      );
      recorder.record(() => {
        for (const [output, value] of runBody(name, called, scope, inputs)) {
          outputs[output] = {
            source: recorder.sourceOf(value),
            declared: { shape: [...value.shape], dtype: value.dtype },
          };
        }
      });
    });
  } finally {
    scope.end();
    recorder.end();
  }
  const { operations, constants } = recorder;
  return { inputs: called.inputs, operations, constants, outputs, updates: scope.updates };
}

/** A prime: rows of a tensor that repeats them differ. */
const DIFFERENT_NUMBERS = 1021;

/** Some tensor as declared; another for each variant and stream. Shapes are all that matters of it. */
function anyTensor({ shape, dtype, below = 2 }: InputDeclaration, variant: number, stream: number): Tensor {
  // Small, so that what is computed from it stays finite; never zero, so that what divides by it does.
  const some = uniforms(Math.min(DIFFERENT_NUMBERS, sizeOf(shape)), variant, stream, 0).map(
    (value) => 0.05 + 0.1 * value,
  );
  const numbers = new Float32Array(sizeOf(shape));
  for (let start = 0; start < numbers.length; start += some.length) {
    numbers.set(some.subarray(0, numbers.length - start), start);
  }
  if (dtype === 'float32') return tensor(numbers, [...shape], 'float32');
  return tensor(
    Int32Array.from(numbers, (value, index) => (Math.floor(value * 1e6) + index + variant) % below),
    [...shape],
    'int32',
  );
}
