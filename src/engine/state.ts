import type { InputDeclaration, Program, VariableDeclaration } from './program';

/** A tensor that a program keeps from one call to the next. */
export type StateDeclaration = VariableDeclaration & InputDeclaration;

/** Names of an optimiser's slots, as in checkpoints: "optimizer.adam.m.encoder.mean.kernel". */
export const stepSlot = (optimizer: string) => `optimizer.${optimizer}.step`;
export const firstMoment = (optimizer: string, variable: string) => `optimizer.${optimizer}.m.${variable}`;
export const secondMoment = (optimizer: string, variable: string) => `optimizer.${optimizer}.v.${variable}`;

/**
 * All that a program keeps, in the order of checkpoints: its variables, then the slots of each optimiser, which start at
 * zero. Throws a TypeError for a name that is declared twice, and for an optimiser of a variable that is not declared.
 */
export function stateOf(program: Program): ReadonlyMap<string, StateDeclaration> {
  const declared = new Map<string, StateDeclaration>();
  const declare = (declaration: StateDeclaration) => {
    if (declared.has(declaration.name)) throw new TypeError(`The program declares “${declaration.name}” twice.`);
    declared.set(declaration.name, declaration);
  };
  for (const variable of program.variables) declare({ ...variable, dtype: 'float32' });
  for (const optimizer of Object.keys(program.optimizers ?? {})) slotsOf(program, optimizer).forEach(declare);
  return declared;
}

/** The slots of one optimiser: two moments of each of its variables, and how often it has updated them. */
export function slotsOf(program: Program, optimizer: string): StateDeclaration[] {
  const shapes = new Map(program.variables.map(({ name, shape }) => [name, shape]));
  const { variables } = program.optimizers![optimizer]!;
  const moments = [firstMoment, secondMoment].flatMap((moment) =>
    variables.map((variable): StateDeclaration => {
      const shape = shapes.get(variable);
      if (shape === undefined) {
        throw new TypeError(`The optimiser “${optimizer}” updates “${variable}”, which is not declared.`);
      }
      return { name: moment(optimizer, variable), shape, dtype: 'float32', initializer: { kind: 'zeros' } };
    }),
  );
  return [...moments, { name: stepSlot(optimizer), shape: [], dtype: 'int32', initializer: { kind: 'zeros' } }];
}
