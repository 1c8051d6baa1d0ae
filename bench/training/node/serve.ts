import { createInterface } from 'node:readline';
import * as z from 'zod';

/** A training step in this process, controlled by the benchmark. */
export interface Trainee {
  /** Description of the backend. */
  readonly description: string;
  /** Back to the first weights and a fresh optimizer. */
  reset(): void;
  /** One step with the batch of that number and noise drawn here; returns the loss. */
  step(index: number): number;
  /** The same with the noise that was handed out for it. */
  check(index: number): number;
}

const commandSchema = z.discriminatedUnion('command', [
  z.object({ command: z.literal('first') }),
  z.object({ command: z.literal('check'), steps: z.int() }),
  z.object({ command: z.literal('run'), steps: z.int(), warmUp: z.int() }),
]);

/**
 * Answers commands, one JSON object a line on standard input, with one line each on standard output, until the input ends.
 * A block starts from the first weights, so that every one is of the same steps and none gets far enough for weights that
 * stopped moving to slow the arithmetic down (moments of Adam that decay into subnormal numbers).
 */
export async function serve(open: () => Promise<Trainee>): Promise<void> {
  const say = (answer: unknown) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  const problem = (error: unknown) => say({ error: error instanceof Error ? error.message : String(error) });
  let trainee: Trainee;
  try {
    trainee = await open();
  } catch (error) {
    problem(error);
    return;
  }
  say({ ready: trainee.description });
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      say(answer(trainee, commandSchema.parse(JSON.parse(line))));
    } catch (error) {
      problem(error);
    }
  }
}

function answer(trainee: Trainee, command: z.output<typeof commandSchema>): unknown {
  if (command.command === 'first') {
    const begin = performance.now();
    trainee.step(0);
    return { milliseconds: performance.now() - begin };
  }
  trainee.reset();
  if (command.command === 'check') {
    return { losses: Array.from({ length: command.steps }, (_, index) => trainee.check(index)) };
  }
  for (let index = 0; index < command.warmUp; index++) trainee.step(index);
  const begin = performance.now();
  for (let index = 0; index < command.steps; index++) trainee.step(command.warmUp + index);
  return { milliseconds: performance.now() - begin };
}
