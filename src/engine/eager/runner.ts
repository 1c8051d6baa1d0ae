import { getBackend, setBackend, tidy, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { BackendName, RunnerOptions } from '../backend';
import { checkInputs, functionNamed, runBody } from '../calls';
import { scalingStream } from '../examples';
import { toHostTensor, toTensor } from '../hostTensor';
import type { HostTensor, Input, Program, ProgramFunction, Runner } from '../program';
import { averagesOf } from '../state';
import { gathered, scaled } from './examples';
import { FiniteWatch } from './finiteWatch';
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
    private readonly options: Pick<RunnerOptions, 'examples' | 'onNonFinite'>,
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
    const { examples, onNonFinite } = this.options;
    checkInputs(name, called, inputs, examples);
    this.activate();
    const scope = new EagerScope(this.variables, called.weights === 'averaged' ? this.averages : undefined);
    const read: Record<string, HostTensor> = {};
    const watch = onNonFinite && new FiniteWatch();
    try {
      // Nothing is returned: `tidy` would look for tensors in it, number by number.
      tidy(() => {
        const given = this.tensorsOf(inputs, called);
        if (watch) this.begin(watch, given);
        const body = () => runBody(name, called, scope, given);
        for (const [output, value] of watch ? watch.during(body) : body()) read[output] = toHostTensor(value);
        scope.commit();
      });
    } finally {
      scope.end();
    }
    if (watch?.found) onNonFinite?.({ function: name, ...watch.found });
    return read;
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

  private begin(watch: FiniteWatch, inputs: Readonly<Record<string, Tensor>>): void {
    for (const [name, value] of this.variables.held()) watch.begin('variable', name, value);
    for (const [name, value] of Object.entries(inputs)) watch.begin('input', name, value);
  }

  private tensorsOf(inputs: Readonly<Record<string, Input>>, called: ProgramFunction): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    for (const [input, value] of Object.entries(inputs)) if ('data' in value) tensors[input] = toTensor(value);
    for (const [input, value] of Object.entries(inputs)) {
      if ('data' in value) continue;
      const { shape } = called.inputs[input]!;
      const data = 'rows' in value ? gathered(this.options.examples!.values!, value.rows, shape) : value.unscaled;
      const stream = scalingStream(called, input);
      const unscaled = toTensor({ shape, dtype: 'float32', data });
      tensors[input] = scaled(
        unscaled,
        this.options.examples!.scaling,
        tensors['noise'] as Tensor1D | undefined,
        stream,
      );
    }
    return tensors;
  }

  /** TensorFlow.js has one current backend for a process; switching between started ones happens at once. */
  private activate(): void {
    if (this.disposed) throw new TypeError('This runner has ended.');
    if (getBackend() !== this.backend) void setBackend(this.backend);
  }
}
