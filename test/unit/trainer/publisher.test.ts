import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveState, TrainerMessage } from '../../../src/protocol/control';
import { LiveStatus } from '../../../src/trainer/run/live';
import { Publisher } from '../../../src/trainer/run/publisher';
import type { Clients } from '../../../src/trainer/socket/clients';

const STATE: LiveState = {
  ...{ status: 'running', step: 0, totalSteps: 100, stepsPerEpoch: 10, epoch: 0 },
  ...{ stepsPerSecond: 0, secondsLeft: null, metrics: {} },
};

function publish(count = 1) {
  const sent: TrainerMessage[] = [];
  const clients = { count, broadcast: (message: TrainerMessage) => sent.push(message) };
  const live = new LiveStatus(STATE);
  const publisher = new Publisher(clients as unknown as Clients, live);
  const steps = () => sent.flatMap((message) => (message.type === 'state' ? [message.state.step] : []));
  return { publisher, clients, live, sent, steps };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the states that clients are sent', () => {
  it('are ten a second at most, and the last one among them', () => {
    const { live, steps } = publish();
    for (let step = 1; step <= 1_000; step++) {
      vi.advanceTimersByTime(1);
      live.update({ step });
    }
    expect(steps().length).toBeGreaterThan(8);
    expect(steps().length).toBeLessThanOrEqual(11);
    vi.advanceTimersByTime(1_000);
    expect(steps().at(-1)).toBe(1_000);
  });

  it('are sent at once when the status changes', () => {
    const { live, steps } = publish();
    live.update({ step: 1 });
    live.update({ step: 2 });
    live.update({ step: 3, status: 'paused' });
    expect(steps()).toEqual([1, 3]);
    vi.advanceTimersByTime(1_000);
    expect(steps()).toEqual([1, 3]);
  });

  it('end with the publisher', () => {
    const { live, publisher, steps } = publish();
    live.update({ step: 1 });
    live.update({ step: 2 });
    publisher.dispose();
    live.update({ step: 3, status: 'finished' });
    vi.advanceTimersByTime(1_000);
    expect(steps()).toEqual([1]);
  });
});

describe('the log that clients are sent', () => {
  it('is announced with the length of each file to clients that connect later', () => {
    const { publisher, sent } = publish();
    publisher.appended('events.1', 0, new Uint8Array(10));
    publisher.appended('events.1', 10, new Uint8Array(5));
    publisher.appended('events.2', 0, new Uint8Array(7));
    expect(publisher.logs).toEqual([
      { file: 'events.1', size: 15 },
      { file: 'events.2', size: 7 },
    ]);
    expect(sent).toEqual([
      { type: 'log', file: 'events.1', offset: 0 },
      { type: 'log', file: 'events.1', offset: 10 },
      { type: 'log', file: 'events.2', offset: 0 },
    ]);
  });

  it('is flushed often while there are clients, not for none, and not after the end', () => {
    const { publisher, clients } = publish(0);
    const flush = vi.fn(() => Promise.reject(new Error('a full disk, which the log reports itself')));
    const flushing = publisher.flushWhileWatched({ flush });
    vi.advanceTimersByTime(1_000);
    expect(flush).not.toHaveBeenCalled();
    Object.assign(clients, { count: 1 });
    vi.advanceTimersByTime(1_000);
    expect(flush).toHaveBeenCalledTimes(20);
    flushing.dispose();
    vi.advanceTimersByTime(1_000);
    expect(flush).toHaveBeenCalledTimes(20);
  });
});
