import { cast, getBackend, less, setBackend, tidy, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { BackendName } from '../backend';
import { binarizationStream, checkInputs, functionNamed, runBody } from '../calls';
import { sizeOf, toHostTensor, toTensor } from '../hostTensor';
import type { HostTensor, Input, Program, ProgramFunction, Runner, TrainingImages } from '../program';
import { statelessUniform } from '../random/draw';
import { averagesOf } from '../state';
import { EagerScope } from './scope';
import { Variables } from './variables';

/** Runs a program's functions operation by operation, on whatever backend. */
export class EagerRunner implements Runner {
  private readonly variables: Variables;
  private readonly functions: Record<string, ProgramFunction>;
  private readonly averages: ReadonlyMap<string, string>;
  private disposed = false;

  constructor(
    program: Program,
    seed: number,
    private readonly backend: BackendName,
    private readonly trainingImages: TrainingImages | undefined,
    private readonly onDispose: () => void,
  ) {
    this.activate();
    this.variables = new Variables(program, seed);
    this.functions = { ...program.functions };
    this.averages = averagesOf(program);
  }

  prepare(names: readonly string[] = []): void {
    for (const name of names) functionNamed(this.functions, name); // nothing needs to be made ready
  }

  extend(functions: Readonly<Record<string, ProgramFunction>>): void {
    Object.assign(this.functions, functions);
  }

  call(name: string, inputs: Readonly<Record<string, Input>>): Record<string, HostTensor> {
    const called = functionNamed(this.functions, name);
    checkInputs(name, called, inputs, this.trainingImages);
    this.activate();
    const scope = new EagerScope(this.variables, called.weights === 'averaged' ? this.averages : undefined);
    const read: Record<string, HostTensor> = {};
    try {
      // Nothing is returned: `tidy` would look for tensors in it, number by number.
      tidy(() => {
        for (const [output, value] of runBody(name, called, scope, this.tensorsOf(inputs, called))) {
          read[output] = toHostTensor(value);
        }
        scope.commit();
      });
      return read;
    } finally {
      scope.end();
    }
  }

  readState(): Map<string, HostTensor> {
    this.activate();
    return this.variables.readState();
  }

  writeState(state: ReadonlyMap<string, HostTensor>): void {
    this.activate();
    this.variables.writeState(state);
  }

  dispose(): void {
    if (this.disposed) return;
    this.activate();
    this.disposed = true;
    this.variables.dispose();
    this.onDispose();
  }

  private tensorsOf(inputs: Readonly<Record<string, Input>>, called: ProgramFunction): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    for (const [input, value] of Object.entries(inputs)) if ('data' in value) tensors[input] = toTensor(value);
    for (const [input, value] of Object.entries(inputs)) {
      if ('data' in value) continue;
      const { shape } = called.inputs[input]!;
      const intensities = 'rows' in value ? this.gather(value.rows, shape) : value.intensities;
      tensors[input] = this.images(intensities, shape, tensors['noise'], binarizationStream(called, input));
    }
    return tensors;
  }

  private gather(rows: Int32Array, shape: readonly number[]): Float32Array {
    const bytes = this.trainingImages!.bytes!;
    const size = sizeOf(shape.slice(1));
    const data = new Float32Array(sizeOf(shape));
    rows.forEach((row, index) => {
      for (let i = 0; i < size; i++) data[index * size + i] = bytes[row * size + i]! / 255;
    });
    return data;
  }

  private images(data: Float32Array, shape: readonly number[], noise: Tensor | undefined, stream: number): Tensor {
    const intensities = toTensor({ shape, dtype: 'float32', data });
    if (!this.trainingImages!.binarize) return intensities;
    return cast(less(statelessUniform(noise as Tensor1D, stream, shape), intensities), 'float32');
  }

  /** TensorFlow.js has one current backend for a process; switching between started ones happens at once. */
  private activate(): void {
    if (this.disposed) throw new TypeError('This runner has ended.');
    if (getBackend() !== this.backend) void setBackend(this.backend);
  }
}
