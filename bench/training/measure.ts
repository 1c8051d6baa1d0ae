import { median } from '../report';
import { Child } from './child';
import type { Contender, Installation } from './contenders';
import { CHECKED_STEPS } from './exchange';

/** How one contender did with one model. */
export type Outcome = Measured | Failed;

export interface Measured {
  readonly contender: string;
  readonly description: string;
  /** Of (1, 2), the faster. */
  readonly threads: number;
  readonly millisecondsByThreads: Readonly<Record<string, number>>;
  /** Compiling included, with those threads. */
  readonly firstStep: number;
  /** Of the first steps with the noise that all were given. */
  readonly losses: readonly (number | null)[];
  /** Milliseconds a step, one a round. */
  readonly rounds: readonly number[];
}

export interface Failed {
  readonly contender: string;
  readonly failure: string;
}

export interface Plan {
  readonly rounds: number;
  /** A block takes about as long. */
  readonly blockMilliseconds: number;
  readonly threads: readonly number[];
  /** One model and one contender in the folder, which holds what all start from. */
  readonly model: string;
  readonly folder: string;
  readonly say: (what: string) => void;
}

/** Loading a library and compiling a step take their time; longer than this is a failure. */
const START_LIMIT = 120_000;
const FIRST_LIMIT = 420_000;
const BLOCK_LIMIT = 300_000;
const FEWEST_STEPS = 2;
const MOST_STEPS = 1000;

interface Ready {
  readonly contender: Contender;
  readonly child: Child;
  readonly steps: number;
  readonly warmUp: number;
  readonly result: Measured;
}

/**
 * All contenders with one model: each is started with one and with two threads and keeps the better; then they take
 * turns, one block each per round, and the order rotates from round to round.
 */
export async function measure(contenders: readonly Contender[], at: Installation, plan: Plan): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const ready: Ready[] = [];
  try {
    for (const contender of contenders) {
      plan.say(`${contender.title}: starting`);
      try {
        ready.push(await prepare(contender, at, plan));
      } catch (error) {
        outcomes.set(contender.name, failed(contender, error));
      }
    }
    const rounds = await takeTurns(ready, plan, (contender, error) =>
      outcomes.set(contender.name, failed(contender, error)),
    );
    for (const { contender, result } of ready) {
      if (!outcomes.has(contender.name)) {
        outcomes.set(contender.name, { ...result, rounds: rounds.get(contender.name)! });
      }
    }
  } finally {
    for (const { child } of ready) child.end();
  }
  return contenders.map(({ name }) => outcomes.get(name)!);
}

async function takeTurns(
  ready: readonly Ready[],
  { rounds, say }: Plan,
  onFailure: (contender: Contender, error: unknown) => void,
): Promise<Map<string, number[]>> {
  const times = new Map(ready.map(({ contender }) => [contender.name, [] as number[]]));
  const failures = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`);
    for (const { contender, child, steps, warmUp } of rotated(ready, round)) {
      if (failures.has(contender.name)) continue;
      try {
        times.get(contender.name)!.push((await child.run(steps, warmUp, BLOCK_LIMIT)) / steps);
      } catch (error) {
        failures.add(contender.name);
        onFailure(contender, error);
      }
    }
  }
  return times;
}

/** All contenders in turn, alternating the direction, so that none always follows the same one. */
export function rotated<T>(all: readonly T[], round: number): T[] {
  const start = all.length === 0 ? 0 : round % all.length;
  const turned = [...all.slice(start), ...all.slice(0, start)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/** Starts the contender with each number of threads, one after the other, and keeps the process of the faster. */
async function prepare(contender: Contender, at: Installation, plan: Plan): Promise<Ready> {
  let best: Ready | undefined;
  const millisecondsByThreads: Record<string, number> = {};
  try {
    for (const threads of plan.threads) {
      const next = await tryThreads(contender, at, plan, threads);
      const milliseconds = median(next.result.rounds);
      millisecondsByThreads[threads] = milliseconds;
      const slower = best && median(best.result.rounds) <= milliseconds ? next : best;
      slower?.child.end();
      if (slower !== next) best = next;
    }
  } catch (error) {
    best?.child.end();
    throw error;
  }
  if (!best) throw new Error('No number of threads was to be tried.');
  return { ...best, result: { ...best.result, millisecondsByThreads } };
}

async function tryThreads(contender: Contender, at: Installation, plan: Plan, threads: number): Promise<Ready> {
  const command = contender.command(at, { model: plan.model, folder: plan.folder, threads });
  if (typeof command === 'string') throw new Error(command);
  const { child, description } = await Child.start(command, START_LIMIT);
  try {
    const firstStep = await child.first(FIRST_LIMIT);
    const losses = await child.check(CHECKED_STEPS, FIRST_LIMIT);
    const estimate = (await child.run(FEWEST_STEPS, 1, BLOCK_LIMIT)) / FEWEST_STEPS;
    const steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, Math.round(plan.blockMilliseconds / estimate)));
    const warmUp = Math.max(1, Math.ceil(steps / 5));
    const rounds: number[] = [];
    for (let block = 0; block < 2; block++) rounds.push((await child.run(steps, warmUp, BLOCK_LIMIT)) / steps);
    const result = {
      contender: contender.name,
      description,
      threads,
      millisecondsByThreads: {},
      firstStep,
      losses,
      // The better of two: this only chooses.
      rounds: [Math.min(...rounds)],
    };
    return { contender, child, steps, warmUp, result };
  } catch (error) {
    child.end();
    throw error;
  }
}

function failed({ name }: Contender, error: unknown): Failed {
  return { contender: name, failure: error instanceof Error ? error.message : String(error) };
}
