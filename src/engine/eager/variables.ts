import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { InputError, type HostTensor, type OptimizerDeclaration, type Program } from '../program';
import { slotsOf, stateOf, type StateDeclaration } from '../state';
import { checkHostTensor, sameShape, toHostTensor, toTensor, words } from './hostTensor';
import { initialValue } from './initialValues';

/** The values of a program's variables and of its optimisers' slots. */
export class Variables {
  private readonly declared: ReadonlyMap<string, StateDeclaration>;
  private readonly names: ReadonlySet<string>;
  private readonly values = new Map<string, Tensor>();

  constructor(
    private readonly program: Program,
    seed: number,
  ) {
    this.declared = stateOf(program);
    this.names = new Set(program.variables.map(({ name }) => name));
    for (const declaration of this.declared.values()) this.replace(declaration.name, initial(declaration, seed));
  }

  /** A variable; throws for a name that the program does not declare. */
  variable(name: string): Tensor {
    if (!this.names.has(name)) throw new TypeError(`The program declares no variable “${name}”.`);
    return this.values.get(name)!;
  }

  /** A slot of a declared optimiser. */
  slot(name: string): Tensor {
    return this.values.get(name)!;
  }

  optimizer(name: string): OptimizerDeclaration {
    const optimizers = this.program.optimizers ?? {};
    if (!Object.hasOwn(optimizers, name)) throw new TypeError(`The program declares no optimiser “${name}”.`);
    return optimizers[name]!;
  }

  /** Throws unless `value` may become the value of `name`, a variable or slot. */
  check(name: string, value: Tensor): void {
    const declared = this.declared.get(name)!;
    if (value.dtype !== declared.dtype || !sameShape(value.shape, declared.shape)) {
      throw new TypeError(`“${name}” is ${words(declared)} and cannot be set to ${words(value)}.`);
    }
  }

  /** Takes `value`, which must have been checked, and lets go of the old one. */
  replace(name: string, value: Tensor): void {
    this.values.get(name)?.dispose();
    this.values.set(name, keep(value));
  }

  /** All values in their declared order. */
  readAll(): Map<string, HostTensor> {
    return new Map([...this.declared.keys()].map((name) => [name, toHostTensor(name, this.values.get(name)!)]));
  }

  /** Sets all values; those of an optimiser none of whose slots is given become zero. Throws before anything is changed. */
  writeAll(state: ReadonlyMap<string, HostTensor>): void {
    const fresh = this.freshSlots(state);
    for (const declaration of this.declared.values()) {
      const { name } = declaration;
      if (!fresh.has(name)) checkHostTensor(`Variable “${name}”`, state.get(name), declaration);
    }
    for (const name of state.keys()) {
      if (!this.declared.has(name)) throw new InputError(`The program has no variable “${name}”.`);
    }
    for (const declaration of this.declared.values()) {
      const { name } = declaration;
      this.replace(name, fresh.has(name) ? initial(declaration, 0) : toTensor(state.get(name)!));
    }
  }

  dispose(): void {
    for (const value of this.values.values()) value.dispose();
    this.values.clear();
  }

  /** Slots of the optimisers that a state says nothing of. Half of one's slots would train on with the rest at zero. */
  private freshSlots(state: ReadonlyMap<string, HostTensor>): ReadonlySet<string> {
    const fresh = new Set<string>();
    for (const optimizer of Object.keys(this.program.optimizers ?? {})) {
      const slots = slotsOf(this.program, optimizer).map(({ name }) => name);
      if (!slots.some((name) => state.has(name))) for (const name of slots) fresh.add(name);
    }
    return fresh;
  }
}

function initial(declaration: StateDeclaration, seed: number): Tensor {
  const { shape, dtype } = declaration;
  return toTensor({ shape, dtype, data: initialValue(declaration, seed) });
}
