import type { Input, ProgramFunction } from './program';

/** A value for an input: as the runner takes it, or the bare numbers of the declared shape. */
export type Offered = Input | Float32Array | Int32Array | undefined;

/** Of what is offered, the inputs that a function declares. What it needs and nothing offers, the runner reports. */
export function inputsFor(
  declared: ProgramFunction['inputs'],
  offered: Readonly<Record<string, Offered>>,
): Record<string, Input> {
  const inputs: Record<string, Input> = {};
  for (const [name, declaration] of Object.entries(declared)) {
    const value = offered[name];
    if (value instanceof Float32Array || value instanceof Int32Array) inputs[name] = { ...declaration, data: value };
    else if (value !== undefined) inputs[name] = value;
  }
  return inputs;
}
