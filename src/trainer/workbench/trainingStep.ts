import type { HostTensor } from '../../engine/program';
import type { Phase } from '../../models/model';
import type { Losses } from '../loop/loop';

/**
 * Calls a function of the model.
 *
 * @param stream place of the call among all of a step, whether they are due or not: which batches it draws
 * @param seed of its random numbers, which no other call of a step has
 */
type CallPhase = (name: string, stream: number, seed: number) => Readonly<Record<string, HostTensor>>;

/**
 * Carries out training step `step`, counted from 0: the phases that are due, in order. Returns the scalar outputs of each
 * phase's last call by what follows `train/` in their tags: `<output>`, or `<phase>/<output>` where there are several.
 *
 * @param only the name of the phases that are carried out, of those that are due; each makes the calls, with the batches and the
 *   random numbers, that it makes in a whole step
 */
export function trainingStep(
  phases: readonly Phase[],
  step: number,
  seed: number,
  call: CallPhase,
  only?: string,
): Losses {
  const losses: Record<string, number> = {};
  let stream = 0;
  for (const phase of phases) {
    const { name, repeats = 1 } = phase;
    const first = stream;
    stream += repeats;
    if (phase.due?.(step) === false || (only !== undefined && name !== only)) continue;
    for (let at = first; at < stream; at++) {
      const outputs = call(phase.function, at, streamSeed(seed, at));
      if (at < stream - 1) continue;
      for (const [output, { shape, data }] of Object.entries(outputs)) {
        if (shape.length === 0) losses[phases.length === 1 ? output : `${name}/${output}`] = data[0]!;
      }
    }
  }
  return losses;
}

/** The names of the phases, each once, in their order: a phase of several parts has one name. */
export function phaseNames(phases: readonly Phase[]): string[] {
  return [...new Set(phases.map(({ name }) => name))];
}

/** The seed of what happens once before the first step; no call of a step has it. */
export function initialSeed(seed: number): number {
  return streamSeed(seed, INITIAL_STREAM);
}

const INITIAL_STREAM = 2 ** 31 - 1;

/** The first call of a step has the run's seed itself; the others have seeds that a hash spreads over all 32 bits. */
function streamSeed(seed: number, stream: number): number {
  if (stream === 0) return seed;
  let mixed = Math.imul(stream, 0x9e3779b9) ^ seed;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
