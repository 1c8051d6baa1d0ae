import { beforeEach, describe, expect, it } from 'vitest';
import { Deferred } from '../../../src/common/deferred';
import { Emitter } from '../../../src/common/emitter';
import type { Inspector } from '../../../src/host/studio';
import { Inspections } from '../../../src/host/inspections';
import type { InspectionNews } from '../../../src/protocol/views';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** An inspector whose answers the test gives. */
class FakeInspector implements Inspector {
  readonly activities = new Emitter<string>();
  readonly onActivity = this.activities.event;
  readonly sampled = new Deferred<Awaited<ReturnType<Inspector['sample']>>>();
  readonly evaluated = new Deferred<Awaited<ReturnType<Inspector['evaluate']>>>();
  readonly asked: unknown[] = [];
  disposed = false;

  sample(count: number, seed: number) {
    this.asked.push(['sample', count, seed]);
    return this.sampled.promise;
  }
  evaluate(samples: number, generated: number) {
    this.asked.push(['evaluate', samples, generated]);
    return this.evaluated.promise;
  }
  dispose(): void {
    this.disposed = true;
  }
}

describe('what a view makes of a checkpoint', () => {
  let inspector: FakeInspector;
  let launched: Deferred<Inspector>;
  let launches: number;
  let refusal: string | undefined;
  let posted: InspectionNews[];
  let inspections: Inspections;

  beforeEach(() => {
    inspector = new FakeInspector();
    launched = new Deferred();
    launches = 0;
    refusal = undefined;
    posted = [];
    inspections = new Inspections({
      post: (_, news) => posted.push(news),
      launch: () => {
        launches++;
        return launched.promise;
      },
      refuses: () => refusal,
    });
  });

  const order = { type: 'inspect', run: 'key', what: 'evaluate', samples: 0 } as const;
  const image = { step: 5, count: 64, width: 2, height: 1, bytes: new Uint8Array(4096).subarray(10, 20) };

  it('tells its progress and then the means, without those of each dimension, and ends the trainer', async () => {
    const done = inspections.start({ ...order, samples: 50 });
    launched.resolve(inspector);
    await settled();
    inspector.activities.fire('evaluating, 100 of 10000 images');
    inspector.evaluated.resolve({
      step: 5,
      count: 10_000,
      examples: 'point',
      metrics: { 'test/kl': 25, 'latent/kl/03': 2 },
    });
    await done;
    expect(inspector.asked).toEqual([['evaluate', 50, 0]]);
    expect(posted.map(({ kind }) => kind)).toEqual(['progress', 'progress', 'progress', 'metrics']);
    expect(posted.at(-1)).toEqual({
      kind: 'metrics',
      step: 5,
      count: 10_000,
      examples: 'point',
      metrics: { 'test/kl': 25 },
    });
    expect(inspector.disposed).toBe(true);
  });

  it('compares ten thousand samples with data, and tells what was compared and how sure it is', async () => {
    launched.resolve(inspector);
    const metrics = { 'test/kl': 25, 'samples/classifier_fid': 3 };
    const errors = { 'samples/classifier_fid': 0.1 };
    inspector.evaluated.resolve({ step: 5, count: 100, metrics, errors, generated: 10_000 });
    await inspections.start({ ...order, what: 'quality' });
    expect(inspector.asked).toEqual([['evaluate', 0, 10_000]]);
    expect(posted.at(-1)).toEqual({
      ...{ kind: 'metrics', step: 5, count: 100, examples: 'image', generated: 10_000, errors },
      metrics: { 'samples/classifier_fid': 3 },
    });
  });

  it('gives samples with the seed that was asked for, in a buffer of their own, and keeps them to be saved', async () => {
    launched.resolve(inspector);
    inspector.sampled.resolve(image);
    await inspections.start({ ...order, what: 'sample', seed: 7 });
    expect(inspector.asked).toEqual([['sample', 64, 7]]);
    const news = posted.at(-1);
    expect(news).toMatchObject({ kind: 'sample', step: 5, seed: 7 });
    expect(news?.kind === 'sample' && news.image.bytes.buffer.byteLength).toBe(10);
    expect(inspections.sample).toMatchObject({ run: 'key', news });
  });

  it('starts nothing where it may not, and says why', async () => {
    refusal = 'In Restricted Mode nothing is started.';
    await inspections.start(order);
    expect(posted).toEqual([{ kind: 'problem', message: refusal }]);
    expect(launches).toBe(0);
  });

  it('does one thing at a time', async () => {
    void inspections.start(order);
    await inspections.start(order);
    expect(launches).toBe(1);
  });

  it('says why it failed, ends the trainer, and can be asked again', async () => {
    launched.resolve(inspector);
    inspector.evaluated.reject(new Error('The trainer did not answer.'));
    await inspections.start(order);
    expect(posted.at(-1)).toEqual({ kind: 'problem', message: 'The trainer did not answer.' });
    expect(inspector.disposed).toBe(true);
    await inspections.start(order);
    expect(launches).toBe(2);
  });

  it('ends the trainer when cancelled, and says nothing of what it would have said', async () => {
    const done = inspections.start(order);
    launched.resolve(inspector);
    await settled();
    inspections.cancel();
    expect(inspector.disposed).toBe(true);
    inspector.activities.fire('evaluating, 200 of 10000 images');
    inspector.evaluated.resolve({ step: 5, count: 1, examples: 'image', metrics: {} });
    await done;
    expect(posted.at(-1)).toEqual({ kind: 'cancelled' });
  });

  it('ends a trainer that starts after it was cancelled', async () => {
    const done = inspections.start(order);
    inspections.cancel();
    launched.resolve(inspector);
    await done;
    expect(inspector.disposed).toBe(true);
    expect(inspector.asked).toEqual([]);
  });

  it('says the last news again to a page that comes back', async () => {
    inspections.repeat();
    expect(posted).toEqual([]);
    launched.resolve(inspector);
    inspector.evaluated.resolve({ step: 5, count: 1, examples: 'image', metrics: {} });
    await inspections.start(order);
    inspections.repeat();
    expect(posted.at(-1)).toBe(posted.at(-2));
    // Samples that were drawn later take nothing from what was measured.
    inspector.sampled.resolve(image);
    await inspections.start({ ...order, what: 'sample', seed: 1 });
    posted.length = 0;
    inspections.repeat();
    expect(posted.map(({ kind }) => kind)).toEqual(['metrics', 'sample']);
    const again = inspections.start({ ...order, what: 'sample', seed: 1 });
    inspections.cancel();
    await again;
    posted.length = 0;
    inspections.repeat();
    expect(posted.map(({ kind }) => kind)).toEqual(['metrics']);
  });

  it('forgets results for another file, but not a request in progress', async () => {
    launched.resolve(inspector);
    inspector.evaluated.resolve({ step: 5, count: 1, examples: 'image', metrics: {} });
    await inspections.start(order);
    const going = inspections.start({ ...order, what: 'sample', seed: 1 });
    inspections.forget();
    posted.length = 0;
    inspections.repeat();
    expect(posted.map(({ kind }) => kind)).toEqual(['progress']);
    inspector.sampled.resolve(image);
    await going;
    inspections.forget();
    posted.length = 0;
    inspections.repeat();
    expect(posted).toEqual([]);
  });
});
