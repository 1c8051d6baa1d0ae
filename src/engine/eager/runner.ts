import { getBackend, setBackend, tidy } from '@tensorflow/tfjs-core';
import type { BackendName } from '../backend';
import { InputError, type HostTensor, type Program, type ProgramFunction, type Runner } from '../program';
import { checkHostTensor, toHostTensor, toTensor } from './hostTensor';
import { EagerScope } from './scope';
import { Variables } from './variables';

/** Runs a program's functions operation by operation, on whatever backend. */
export class EagerRunner implements Runner {
  private readonly variables: Variables;
  private disposed = false;

  constructor(
    private readonly program: Program,
    seed: number,
    private readonly backend: BackendName,
    private readonly onDispose: () => void = () => undefined,
  ) {
    this.activate();
    this.variables = new Variables(program, seed);
  }

  call(name: string, inputs: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> {
    const called = this.functionNamed(name);
    checkInputs(name, called, inputs);
    this.activate();
    const scope = new EagerScope(this.variables);
    const read: Record<string, HostTensor> = {};
    try {
      // Nothing is returned: `tidy` would look for tensors in it, number by number.
      tidy(() => {
        const tensors = Object.entries(inputs).map(([input, value]) => [input, toTensor(value)]);
        const outputs = called.body(scope, Object.fromEntries(tensors));
        for (const [output, value] of Object.entries(outputs)) {
          read[output] = toHostTensor(`${name}: ${output}`, value);
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
    return this.variables.readAll();
  }

  writeState(state: ReadonlyMap<string, HostTensor>): void {
    this.activate();
    this.variables.writeAll(state);
  }

  dispose(): void {
    if (this.disposed) return;
    this.activate();
    this.disposed = true;
    this.variables.dispose();
    this.onDispose();
  }

  private functionNamed(name: string): ProgramFunction {
    const called = Object.hasOwn(this.program.functions, name) ? this.program.functions[name] : undefined;
    if (called) return called;
    const known = Object.keys(this.program.functions).join(', ');
    throw new InputError(`The program has no function “${name}”; it has ${known}.`);
  }

  /** TensorFlow.js has one current backend for a process; switching between started ones happens at once. */
  private activate(): void {
    if (this.disposed) throw new TypeError('This runner has ended.');
    if (getBackend() !== this.backend) void setBackend(this.backend);
  }
}

function checkInputs(name: string, called: ProgramFunction, inputs: Readonly<Record<string, HostTensor>>): void {
  for (const [input, declaration] of Object.entries(called.inputs)) {
    checkHostTensor(`${name}: input “${input}”`, inputs[input], declaration);
  }
  for (const input of Object.keys(inputs)) {
    if (!Object.hasOwn(called.inputs, input)) throw new InputError(`${name}: there is no input “${input}”.`);
  }
}
