import { describe, expect, it } from 'vitest';
import { Deferred } from '../../../src/common/deferred';
import { SharedLock } from '../../../src/trainer/inspect/sharedLock';

describe('a shared lock', () => {
  it('lets sharers work together, and an exclusive caller wait for them and later callers for it', async () => {
    const lock = new SharedLock();
    const order: string[] = [];
    const gates = { a: new Deferred<void>(), b: new Deferred<void>(), exclusive: new Deferred<void>() };
    const work = (name: keyof typeof gates) => async () => {
      order.push(`${name} begins`);
      await gates[name].promise;
      order.push(`${name} ends`);
    };
    const a = lock.shared(work('a'));
    const b = lock.shared(work('b'));
    const exclusive = lock.exclusive(work('exclusive'));
    const after = lock.shared(() => order.push('after'));
    await expect.poll(() => order).toEqual(['a begins', 'b begins']);
    gates.b.reject(new Error('that one failed'));
    await expect(b).rejects.toThrow('failed');
    gates.a.resolve();
    await a;
    await expect.poll(() => order.at(-1)).toBe('exclusive begins');
    gates.exclusive.resolve();
    await Promise.all([exclusive, after]);
    expect(order).toEqual(['a begins', 'b begins', 'a ends', 'exclusive begins', 'exclusive ends', 'after']);
  });
});
