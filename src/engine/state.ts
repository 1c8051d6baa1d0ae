import type { HostTensor, InputDeclaration, OptimizerDeclaration, Program, VariableDeclaration } from './program';
import { InputError } from './program';
import { checkHostTensor } from './hostTensor';
import { initialValue } from './initialValues';
import { ruleOf } from './optimizers';

/** A tensor that a program keeps from one call to the next. */
export type StateDeclaration = VariableDeclaration & InputDeclaration & { readonly startsAs?: string };

/** Names of an optimizer's slots, as in checkpoints: "optimizer.adam.m.encoder.mean.kernel". */
export const stepSlot = (optimizer: string) => `optimizer.${optimizer}.step`;
export const variableSlot = (optimizer: string, slot: string, variable: string) =>
  `optimizer.${optimizer}.${slot}.${variable}`;
export const averageSlot = (optimizer: string, variable: string) => variableSlot(optimizer, 'average', variable);

/** The slots of a variable's update, in the order of the optimizer's rule. */
export function slotNames(optimizer: string, { settings }: OptimizerDeclaration, variable: string): string[] {
  return ruleOf(settings).slots.map(({ name }) => variableSlot(optimizer, name, variable));
}

/**
 * All that a program keeps, in the order of checkpoints: its variables, then the slots of each optimizer. Throws a TypeError
 * for a name that is declared twice, for an optimizer of a variable that is not declared or not trained, and for a variable that
 * is trained but not kept.
 */
export function stateOf(program: Program): ReadonlyMap<string, StateDeclaration> {
  return new Map([...heldBy(program)].filter(([, declaration]) => declaration.kept !== false));
}

/** The same with the variables that are not kept: all that a runner holds from one call to the next. */
export function heldBy(program: Program): ReadonlyMap<string, StateDeclaration> {
  const declared = new Map<string, StateDeclaration>();
  const declare = (declaration: StateDeclaration) => {
    if (declared.has(declaration.name)) throw new TypeError(`The program declares “${declaration.name}” twice.`);
    declared.set(declaration.name, declaration);
  };
  for (const variable of program.variables) {
    if (variable.kept === false && variable.trained !== false) {
      throw new TypeError(
        `“${variable.name}” is declared as not kept, which only a variable that is not trained can be.`,
      );
    }
    declare({ ...variable, dtype: 'float32' });
  }
  for (const optimizer of Object.keys(program.optimizers ?? {})) slotsOf(program, optimizer).forEach(declare);
  return declared;
}

/** The slots of one optimizer: those of each of its variables, their averages, and how often it has updated them. */
function slotsOf(program: Program, optimizer: string): StateDeclaration[] {
  const declared = new Map(program.variables.map((variable) => [variable.name, variable]));
  const { variables, settings, average } = program.optimizers![optimizer]!;
  const shapeOf = (variable: string) => {
    const declaration = declared.get(variable);
    const what = `The optimizer “${optimizer}” updates “${variable}”`;
    if (declaration === undefined) throw new TypeError(`${what}, which is not declared.`);
    if (declaration.trained === false) throw new TypeError(`${what}, which is declared as not trained.`);
    return declaration.shape;
  };
  const zeros = { kind: 'zeros' } as const;
  const perVariable = ruleOf(settings).slots.flatMap((slot) =>
    variables.map((variable): StateDeclaration => {
      const name = variableSlot(optimizer, slot.name, variable);
      return { name, shape: shapeOf(variable), dtype: 'float32', initializer: slot.initializer };
    }),
  );
  const averages = (average ? variables : []).map((variable): StateDeclaration => {
    const name = averageSlot(optimizer, variable);
    return { name, shape: shapeOf(variable), dtype: 'float32', initializer: zeros, startsAs: variable };
  });
  const step: StateDeclaration = { name: stepSlot(optimizer), shape: [], dtype: 'int32', initializer: zeros };
  for (const variable of variables) shapeOf(variable);
  return [...perVariable, ...averages, step];
}

/** What averaged weights are read from, by variable. */
export function averagesOf(program: Program): ReadonlyMap<string, string> {
  const averages = new Map<string, string>();
  for (const [optimizer, { average, variables }] of Object.entries(program.optimizers ?? {})) {
    if (average) for (const variable of variables) averages.set(variable, averageSlot(optimizer, variable));
  }
  return averages;
}

/** All that a runner holds, as the declarations and `seed` (uint32) say. */
export function initialState(program: Program, seed: number): Map<string, HostTensor> {
  const state = new Map<string, HostTensor>();
  for (const declaration of heldBy(program).values()) {
    state.set(declaration.name, startOf(declaration, state, seed));
  }
  return state;
}

/**
 * All that a runner holds for a state as it was given, in the declared order: with the slots of an optimizer none of whose slots
 * is given, and with what is not kept, as they start. Throws {@link InputError} for a name that is missing or unknown, or of another shape or type.
 */
export function completeState(program: Program, state: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
  const declared = heldBy(program);
  for (const name of state.keys()) {
    if (declared.get(name)?.kept === false) throw new InputError(`“${name}” is not kept, and no part of the state.`);
    if (!declared.has(name)) throw new InputError(`The program has no variable “${name}”.`);
  }
  const fresh = freshSlots(program, state);
  const complete = new Map<string, HostTensor>();
  for (const declaration of declared.values()) {
    const { name } = declaration;
    if (fresh.has(name) || declaration.kept === false) complete.set(name, startOf(declaration, complete, 0));
    else complete.set(name, checkHostTensor(`Variable “${name}”`, state.get(name), declaration));
  }
  return complete;
}

function startOf(declaration: StateDeclaration, state: ReadonlyMap<string, HostTensor>, seed: number): HostTensor {
  const { startsAs, shape, dtype } = declaration;
  const data = startsAs === undefined ? initialValue(declaration, seed) : state.get(startsAs)!.data.slice();
  return { shape, dtype, data };
}

/** Slots of optimizers that have none in a state. With some of its slots, an optimizer would continue with the others at zero. */
function freshSlots(program: Program, state: ReadonlyMap<string, HostTensor>): ReadonlySet<string> {
  const fresh = new Set<string>();
  for (const optimizer of Object.keys(program.optimizers ?? {})) {
    const slots = slotsOf(program, optimizer).map(({ name }) => name);
    if (!slots.some((name) => state.has(name))) for (const name of slots) fresh.add(name);
  }
  return fresh;
}
