import { describe, expect, it, onTestFinished } from 'vitest';
import { Child } from '../../../../bench/training/child';

const PATIENCE = 30_000;

/** A contender that answers each line as `answers` says. */
function start(answers: string, limit = PATIENCE) {
  const program = `
    const say = (answer) => console.log(JSON.stringify(answer));
    const answers = ${answers};
    say(answers.ready);
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const command = JSON.parse(line);
      say(answers[command.command](command));
    });`;
  return Child.start({ program: process.execPath, parameters: ['-e', program], environment: process.env }, limit);
}

describe('a contender in the training benchmark', () => {
  it('is asked for its first step, its losses and a block of steps', async () => {
    const { child, description } = await start(`{
      ready: { ready: 'a machine' },
      first: () => ({ milliseconds: 5 }),
      check: ({ steps }) => ({ losses: Array.from({ length: steps }, (_, i) => (i === 1 ? NaN : i)) }),
      run: ({ steps, warmUp }) => ({ milliseconds: 10 * steps + warmUp }),
    }`);
    onTestFinished(() => child.end());
    expect(description).toBe('a machine');
    expect(await child.first(PATIENCE)).toBe(5);
    expect(await child.check(3, PATIENCE)).toEqual([0, null, 2]);
    expect(await child.run(4, 2, PATIENCE)).toBe(42);
  });

  it('that cannot start says why', async () => {
    await expect(start(`{ ready: { error: 'no such model' } }`)).rejects.toThrow('no such model');
    await expect(start(`process.exit(console.error('a library is missing') ?? 3)`)).rejects.toThrow(
      'ended: a library is missing',
    );
    const missing = { program: '/nowhere/python', parameters: [], environment: {} };
    await expect(Child.start(missing, PATIENCE)).rejects.toThrow(/ended: .*ENOENT/);
  });

  it('that fails in a step says why and can be asked again', async () => {
    const { child } = await start(`{
      ready: { ready: '' }, run: () => ({ error: 'out of memory' }), first: () => ({ milliseconds: 1 }) }`);
    onTestFinished(() => child.end());
    await expect(child.run(1, 1, PATIENCE)).rejects.toThrow('out of memory');
    expect(await child.first(PATIENCE)).toBe(1);
  });

  it('that hangs is given up', async () => {
    const hangs = {
      program: process.execPath,
      parameters: ['-e', 'setInterval(() => {}, 1000)'],
      environment: process.env,
    };
    await expect(Child.start(hangs, 50)).rejects.toThrow('gave no answer within 0.05 s');
  });
});
