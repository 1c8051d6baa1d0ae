import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { sizeOf } from '../hostTensor';
import type { InputDeclaration, Program, ProgramFunction } from '../program';
import { uniforms } from '../random/philox';
import { averagesOf, stateOf } from '../state';
import { compareTraces } from './compare';
import { Recorder } from './recorder';
import { TraceScope } from './scope';
import { TraceError, type Trace } from './trace';

/**
 * Runs a function twice, with different inputs and variables, and returns what it does. Throws {@link TraceError} when it
 * depends on more than its inputs and variables as tensors.
 */
export function traceFunction(
  backend: NodeJSKernelBackend,
  program: Program,
  name: string,
  called: ProgramFunction,
): Trace {
  const [first, second] = [1, 2].map((variant) => traceOnce(backend, program, name, called, variant));
  compareTraces(name, first!, second!);
  return first!;
}

function traceOnce(
  backend: NodeJSKernelBackend,
  program: Program,
  name: string,
  called: ProgramFunction,
  variant: number,
): Trace {
  const recorder = new Recorder(backend, name);
  const declared = stateOf(program);
  let trace: Trace | undefined;
  tidy(() => {
    let stream = 0;
    const standIn = (declaration: InputDeclaration) => anyTensor(declaration, variant, stream++);
    const inputs: Record<string, Tensor> = {};
    for (const [input, declaration] of Object.entries(called.inputs)) {
      inputs[input] = standIn(declaration);
      recorder.begin(inputs[input], { from: 'input', name: input });
    }
    const state = new Map<string, Tensor>();
    for (const declaration of declared.values()) {
      const value = standIn(declaration);
      recorder.begin(value, { from: 'state', name: declaration.name });
      state.set(declaration.name, value);
    }
    const sourceOf = (value: Tensor) => recorder.sourceOf(value);
    const averages = called.weights === 'averaged' ? averagesOf(program) : undefined;
    const scope = new TraceScope({ program, declared, state, averages, sourceOf });
    const outputs: Record<string, Trace['outputs'][string]> = {};
    try {
      recorder.record(() => {
        for (const [output, value] of Object.entries(called.body(scope, inputs))) {
          const { dtype, shape } = value;
          if (dtype !== 'float32' && dtype !== 'int32') {
            throw new TraceError(`${name}: ${output} is ${dtype}; only float32 and int32 can leave a program.`);
          }
          outputs[output] = { source: recorder.sourceOf(value), declared: { shape: [...shape], dtype } };
        }
      });
    } finally {
      scope.end();
    }
    const { operations, constants } = recorder;
    trace = { inputs: called.inputs, operations, constants, outputs, updates: scope.updates };
  });
  return trace!;
}

/** A prime: rows of a tensor that repeats them differ. */
const DIFFERENT_NUMBERS = 1021;

/** Some tensor as declared; another for each variant and stream. Shapes are all that matters of it. */
function anyTensor({ shape, dtype, below = 2 }: InputDeclaration, variant: number, stream: number): Tensor {
  // Small, so that what is computed from it stays finite; never zero, so that what divides by it does.
  const some = uniforms(DIFFERENT_NUMBERS, variant, stream, 0).map((value) => 0.05 + 0.1 * value);
  const numbers = Float32Array.from({ length: sizeOf(shape) }, (_, index) => some[index % DIFFERENT_NUMBERS]!);
  if (dtype === 'float32') return tensor(numbers, [...shape], 'float32');
  return tensor(
    Int32Array.from(numbers, (value, index) => (Math.floor(value * 1e6) + index + variant) % below),
    [...shape],
    'int32',
  );
}
