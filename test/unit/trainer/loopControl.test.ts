import { describe, expect, it } from 'vitest';
import { trainingLoop, type StepListener } from '../../../src/trainer/loop/loop';
import { LoopControl } from '../../../src/trainer/loop/loopControl';

/** A loop over nothing that remembers its updates. */
function loop(control: LoopControl, to: number, listeners: readonly StepListener[] = [], from = 0) {
  const updates: number[] = [];
  const pauses: boolean[] = [];
  const onPause = (paused: boolean) => Promise.resolve(void pauses.push(paused));
  const update = (step: number) => {
    updates.push(step);
    return { loss: step };
  };
  return { updates, pauses, ended: trainingLoop({ from, to, update, onPause }, control, listeners) };
}

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('the training loop', () => {
  it('carries out each update once, from where it stands, and tells listeners how many are finished', async () => {
    const heard: [number, number][] = [];
    const listener: StepListener = (step, losses) => void heard.push([step, losses['loss']!]);
    const { updates, ended } = loop(new LoopControl(), 5, [listener], 2);
    expect(await ended).toBe(5);
    expect(updates).toEqual([2, 3, 4]);
    expect(heard).toEqual([
      [3, 2],
      [4, 3],
      [5, 4],
    ]);
  });

  it('waits for a listener that works, and tells the next one only then', async () => {
    const order: string[] = [];
    const slow: StepListener = async (step) => {
      order.push(`begin ${step}`);
      await turns(3);
      order.push(`end ${step}`);
    };
    const quick: StepListener = (step) => void order.push(`after ${step}`);
    await loop(new LoopControl(), 2, [slow, quick]).ended;
    expect(order).toEqual(['begin 1', 'end 1', 'after 1', 'begin 2', 'end 2', 'after 2']);
  });

  it('ends with the error of a listener', async () => {
    const broken: StepListener = (step) => {
      if (step === 3) throw new Error('full');
      return undefined;
    };
    await expect(loop(new LoopControl(), 9, [broken]).ended).rejects.toThrow('full');
  });

  it('gives the event loop its turn between two steps', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    const busy: StepListener = () => {
      const end = performance.now() + 3;
      while (performance.now() < end);
      return undefined;
    };
    await loop(new LoopControl(), 10, [busy]).ended;
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });
});

describe('the control of the loop', () => {
  it('pauses between two steps, works while paused, and resumes', async () => {
    const control = new LoopControl({ paused: true });
    const { updates, pauses, ended } = loop(control, 4);
    expect(await control.betweenSteps((step) => Promise.resolve(step))).toBe(0);
    await turns(5);
    expect(updates).toEqual([]);
    expect(await control.betweenSteps((step) => Promise.resolve(`at ${step}`))).toBe('at 0');
    control.resume();
    expect(await ended).toBe(4);
    expect(pauses).toEqual([true, false]);
  });

  it('lets a number of steps pass and pauses again', async () => {
    const control = new LoopControl({ paused: true });
    const { updates, ended } = loop(control, 10);
    expect(await control.step(3)).toBe(3);
    expect(await control.step(1)).toBe(4);
    expect(updates).toEqual([0, 1, 2, 3]);
    control.resume();
    expect(await ended).toBe(10);
  });

  it('answers a step that the end of the run cut short', async () => {
    const control = new LoopControl({ paused: true });
    const { ended } = loop(control, 2);
    expect(await control.step(50)).toBe(2);
    expect(await ended).toBe(2);
  });

  it('stops at once where it stands, also while paused', async () => {
    const control = new LoopControl({ paused: true });
    const { ended } = loop(control, 100);
    await turns(3);
    control.stop();
    expect(await ended).toBe(0);
  });

  it('does what was asked in the order in which it was asked, and gives an error to its caller alone', async () => {
    const control = new LoopControl();
    const order: number[] = [];
    const works = [1, 2, 3].map((number) =>
      control.betweenSteps(async () => {
        await turns(4 - number);
        order.push(number);
        if (number === 2) throw new Error('refused');
        return number;
      }),
    );
    const settled = Promise.allSettled(works);
    expect(await loop(control, 3).ended).toBe(3);
    expect(order).toEqual([1, 2, 3]);
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('does first what is urgent, which is answered before anything else is begun', async () => {
    const control = new LoopControl();
    const order: string[] = [];
    const does = (name: string, urgent: boolean) => {
      const asked = control.betweenSteps(() => Promise.resolve(void order.push(name)), { urgent });
      // An answer leaves some promises later.
      const answered = asked.then(async () => {
        for (let i = 0; i < 20; i++) await Promise.resolve();
        order.push(`answered ${name}`);
      });
      return answered;
    };
    control.pause();
    const { updates, ended } = loop(control, 1, [() => void order.push('step')]);
    await turns(3);
    const answers = [does('batch', false), does('drag', true)];
    control.resume();
    await ended;
    await Promise.all(answers);
    expect(updates).toHaveLength(1);
    expect(order).toEqual(['drag', 'answered drag', 'batch', 'answered batch', 'step']);
  });

  it('does what becomes urgent while other work keeps the thread before the next step, but no other work', async () => {
    const control = new LoopControl();
    const order: string[] = [];
    let asked = 0;
    const follow = (urgent: boolean) => {
      if (asked++ > 20) return;
      void control
        .betweenSteps(() => Promise.resolve(void order.push(urgent ? 'drag' : 'batch')), { urgent })
        .then(
          // As requests that have come meanwhile: they are read in the turn that follows.
          () => setImmediate(() => [true, false].forEach(follow)),
          () => undefined,
        );
    };
    follow(false);
    await loop(control, 3, [() => void order.push('step')]).ended;
    expect(order.slice(0, 3)).toEqual(['batch', 'drag', 'step']);
    expect(order.filter((what) => what === 'step')).toHaveLength(3);
  });

  it('does at the end also what was asked while the last work was done', async () => {
    const control = new LoopControl();
    const late: Promise<string>[] = [];
    const ask = () => void late.push(control.betweenSteps(() => Promise.resolve('done')));
    const last: StepListener = () => {
      void control.betweenSteps(() => {
        setImmediate(ask);
        return Promise.resolve();
      });
      return undefined;
    };
    await loop(control, 1, [last]).ended;
    await turns(2);
    expect(late).toHaveLength(1);
    await expect(Promise.race([late[0], turns(5)])).resolves.toBe('done');
  });

  it('continues when what was asked for fails before its first wait, as samples of a model that has none do', async () => {
    const control = new LoopControl();
    const asked = control.betweenSteps((): Promise<never> => {
      throw new Error('no samples');
    });
    const refused = expect(asked).rejects.toThrow('no samples');
    expect(await loop(control, 3).ended).toBe(3);
    await refused;
  });

  it('refuses what is asked after the last step instead of letting it wait for ever', async () => {
    const control = new LoopControl();
    await loop(control, 1).ended;
    await expect(control.betweenSteps(() => Promise.resolve())).rejects.toMatchObject({ code: 'ended' });
  });

  it('rejects everything that still waits with the error that ended the loop', async () => {
    const control = new LoopControl();
    const broken: StepListener = (step) => {
      if (step === 3) throw new Error('full');
      return undefined;
    };
    control.pause();
    const { ended } = loop(control, 9, [broken]);
    const stepped = expect(control.step(5)).rejects.toThrow('full');
    await expect(ended).rejects.toThrow('full');
    const late = expect(control.betweenSteps(() => Promise.resolve())).rejects.toThrow('full');
    control.cancel(new Error('full'));
    await stepped;
    await late;
  });

  it('ends the loop with the error that it is aborted with', async () => {
    const control = new LoopControl();
    const { ended } = loop(control, 1_000_000);
    setTimeout(() => control.abort(new Error('lock lost')), 5);
    await expect(ended).rejects.toThrow('lock lost');
  });

  it('says nothing of a run that is aborted while it is paused: its run may belong to another process', async () => {
    const control = new LoopControl({ paused: true });
    const { pauses, ended } = loop(control, 4);
    await turns(3);
    control.abort(new Error('lock lost'));
    await expect(ended).rejects.toThrow('lock lost');
    expect(pauses).toEqual([true]);
  });
});

describe('the pace of the loop', () => {
  const clock = () => performance.now();

  it('keeps steps apart without work for the processor meanwhile', async () => {
    const control = new LoopControl();
    control.setPace(50);
    const [began, busy] = [clock(), process.cpuUsage()];
    await loop(control, 11).ended;
    expect(clock() - began).toBeGreaterThanOrEqual(195);
    const { user, system } = process.cpuUsage(busy);
    expect((user + system) / 1000).toBeLessThan(150);
  });

  it('lets a pause, work, another pace and a stop through at once', async () => {
    const control = new LoopControl();
    control.setPace(0.1);
    const { updates, pauses, ended } = loop(control, 1_000);
    const began = clock();
    await turns(5);
    expect(updates).toEqual([0]);
    expect(await control.betweenSteps((step) => Promise.resolve(step))).toBe(1);
    control.pause();
    await turns(5);
    expect(pauses).toEqual([true]);
    control.resume();
    await turns(5);
    control.setPace(null);
    await turns(20);
    expect(updates.length).toBeGreaterThan(3);
    control.setPace(0.1);
    await turns(5);
    control.stop();
    await ended;
    expect(clock() - began).toBeLessThan(2_000);
  });

  it('does not hold back steps that are asked for one by one', async () => {
    const control = new LoopControl({ paused: true });
    control.setPace(0.1);
    const { updates, ended } = loop(control, 1_000);
    const began = clock();
    for (let step = 1; step <= 3; step++) expect(await control.step(1)).toBe(step);
    expect([updates, control.pace]).toEqual([[0, 1, 2], undefined]);
    expect(clock() - began).toBeLessThan(2_000);
    control.resume();
    expect(control.pace).toBeCloseTo(0.1, 9);
    control.stop();
    await ended;
  });

  it('says which steps are looked at: those of a slow run, and the last that was asked for', async () => {
    const control = new LoopControl({ paused: true });
    const looked: number[] = [];
    const listener: StepListener = (step) => void (control.looksAt && looked.push(step));
    const { ended } = loop(control, 12, [listener]);
    await control.step(3, { show: true });
    await control.step(2);
    control.setPace(1_000);
    control.resume();
    await new Promise((resolve) => setTimeout(resolve, 3));
    control.pause();
    const from = await control.betweenSteps((step) => Promise.resolve(step));
    expect(looked).toEqual([3]);
    control.setPace(10);
    control.resume();
    await new Promise((resolve) => setTimeout(resolve, 150));
    control.stop();
    const until = await ended;
    expect(looked).toEqual([3, ...Array.from({ length: until - from }, (_, i) => from + 1 + i)]);
    expect(until).toBeGreaterThan(from);
  });
});
