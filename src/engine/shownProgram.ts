import type { HostTensor, Program } from './program';
import { stateOf } from './state';

/**
 * A program whose functions are called for what they show and never to train: without its optimizers, whose slots are two
 * thirds of Adam's state. One that keeps averages stays as it is, since they are what its functions read. A function that
 * minimizes still has its name there and is refused when it is called.
 */
export function shownProgram(program: Program): Program {
  const averages = Object.values(program.optimizers ?? {}).some(({ average }) => average !== undefined);
  return averages ? program : { ...program, optimizers: undefined };
}

/** A checkpoint's tensors that the {@link shownProgram} holds, and unknown ones, for `writeState` to refuse. */
export function shownState(program: Program, state: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
  const held = stateOf(shownProgram(program));
  const slots = new Set([...stateOf(program).keys()].filter((name) => !held.has(name)));
  return new Map([...state].filter(([name]) => !slots.has(name)));
}
