import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';

export interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

const readySchema = z.object({ ready: z.string() });
const errorSchema = z.object({ error: z.string() });
const durationSchema = z.object({ milliseconds: z.number().nonnegative() });
// A loss that is not a number is null, or refused, by the time it has been through JSON.
const lossesSchema = z.object({ losses: z.array(z.number().nullable()) });

const LINES_KEPT = 5;
const children = new Set<Child>();
process.on('exit', () => children.forEach((child) => child.end()));

/** A contender in a process of its own, which computes only when it is asked to: so one computes at a time. */
export class Child {
  private readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly lines: Interface;
  private readonly answers: AsyncIterator<string>;
  private readonly printed: string[] = [];

  private constructor(command: Command) {
    const { program, parameters, environment } = command;
    this.process = spawn(program, parameters, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    this.lines = createInterface({ input: this.process.stdout });
    this.answers = this.lines[Symbol.asyncIterator]();
    createInterface({ input: this.process.stderr }).on('line', (line) => {
      if (line.trim() !== '') this.printed.push(line.trim());
      if (this.printed.length > LINES_KEPT) this.printed.shift();
    });
    // A missing program closes its output, too; writes to one that has ended are lost.
    this.process.on('error', (error) => this.printed.push(error.message));
    this.process.stdin.on('error', () => undefined);
    children.add(this);
  }

  /** Resolves with the contender's description when it has loaded its library and model; otherwise ends it and throws. */
  static async start(command: Command, milliseconds: number): Promise<{ child: Child; description: string }> {
    const child = new Child(command);
    try {
      return { child, description: (await child.answer(readySchema, milliseconds)).ready };
    } catch (error) {
      child.end();
      throw error;
    }
  }

  /** The first step, in which most contenders compile: milliseconds. */
  async first(limit: number): Promise<number> {
    return (await this.ask({ command: 'first' }, durationSchema, limit)).milliseconds;
  }

  /** The losses of the first steps, with noise that was handed out. */
  async check(steps: number, limit: number): Promise<readonly (number | null)[]> {
    return (await this.ask({ command: 'check', steps }, lossesSchema, limit)).losses;
  }

  /** Milliseconds of all `steps` together, after `warmUp` steps that do not count. */
  async run(steps: number, warmUp: number, limit: number): Promise<number> {
    return (await this.ask({ command: 'run', steps, warmUp }, durationSchema, limit)).milliseconds;
  }

  end(): void {
    children.delete(this);
    this.lines.close();
    this.process.kill('SIGKILL');
  }

  private ask<T>(command: object, schema: z.ZodType<T>, limit: number): Promise<T> {
    this.process.stdin.write(`${JSON.stringify(command)}\n`);
    return this.answer(schema, limit);
  }

  private async answer<T>(schema: z.ZodType<T>, limit: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`gave no answer within ${limit / 1000} s`)), limit);
    });
    try {
      const next = await Promise.race([this.answers.next(), late]);
      if (next.done) throw new Error(`ended: ${this.printed.join(' · ') || 'without words'}`);
      const answer: unknown = JSON.parse(next.value);
      const failed = errorSchema.safeParse(answer);
      if (failed.success) throw new Error(failed.data.error);
      return schema.parse(answer);
    } finally {
      clearTimeout(timer);
    }
  }
}
