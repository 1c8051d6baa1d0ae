import { describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/common/deferred';
import { Comparing } from '../../../../src/host/editors/checkpoint/comparing';
import { answersAbout } from '../../../../src/host/editors/checkpoint/questions';
import { HostChannel } from '../../../../src/host/ui/channel';
import type { ToPage } from '../../../../src/protocol/channel';
import {
  checkpointRequests,
  checkpointToHostSchema,
  type CheckpointExchanges,
  type CheckpointToHost,
  type ComparisonNews,
  type HostToCheckpoint,
} from '../../../../src/protocol/checkpointView';
import type { AskOptions, TensorService } from '../../../../src/tensors/service';

/** Turns of the event loop, which come in order however busy the machine is. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const others = (news: ComparisonNews | undefined) => (news?.kind === 'result' ? news.comparison.others : undefined);

/** A service whose answers the test gives. */
class FakeTensors {
  readonly asked: { question: { type: string; file: string }; options: AskOptions; answer: Deferred<unknown> }[] = [];
  readonly closed: string[] = [];

  readonly service = {
    ask: (question: { type: string; file: string }, options: AskOptions = {}) => {
      const answer = new Deferred<unknown>();
      options.signal?.addEventListener('abort', () => answer.reject(options.signal?.reason));
      this.asked.push({ question, options, answer });
      return answer.promise;
    },
    close: (file: string) => this.closed.push(file),
  } as unknown as Pick<TensorService, 'ask' | 'close'>;
}

describe('the questions of a page', () => {
  const start = () => {
    const tensors = new FakeTensors();
    const told: ToPage<CheckpointExchanges, HostToCheckpoint>[] = [];
    const channel = new HostChannel<CheckpointExchanges, CheckpointToHost, HostToCheckpoint>({
      grammar: () => ({ requests: checkpointRequests, messages: checkpointToHostSchema }),
      post: (message) => told.push(message),
      ready: () => undefined,
      take: () => undefined,
      handlers: answersAbout({ key: 'k', file: undefined }, tensors.service),
      warn: () => undefined,
    });
    const ask = (id: number, method: string, parameters: object) =>
      channel.receive({ type: 'request', id, method, parameters });
    return { tensors, told, channel, ask };
  };

  it('are asked of its file and answered once, also with what went wrong', async () => {
    const { tensors, told, ask } = start();
    await ask(1, 'statistics', { tensor: 3 });
    await ask(2, 'norms', { tensor: 3 });
    expect(tensors.asked[0]!.question).toEqual({ type: 'statistics', tensor: 3, file: 'k' });
    expect(tensors.asked[1]!.question).toMatchObject({ type: 'norms', others: [] });
    tensors.asked[0]!.answer.resolve('value');
    tensors.asked[1]!.answer.reject(new Error('broken'));
    await settled();
    expect(told).toEqual([
      { type: 'answer', id: 1, value: 'value' },
      { type: 'failure', id: 2, code: 'failed', message: 'broken' },
    ]);
  });

  it('tell how far they are, until they are cancelled', async () => {
    const { tensors, told, channel, ask } = start();
    await ask(1, 'statistics', { tensor: 0 });
    tensors.asked[0]!.options.onProgress?.(0.25);
    await channel.receive({ type: 'cancel', id: 1 });
    tensors.asked[0]!.options.onProgress?.(0.5);
    await settled();
    expect(told).toEqual([{ type: 'progress', id: 1, progress: 0.25 }]);
  });

  it('that are cancelled end the work and stay without an answer; so do all when the page goes', async () => {
    const { tensors, told, channel, ask } = start();
    await ask(1, 'statistics', { tensor: 0 });
    await ask(2, 'statistics', { tensor: 1 });
    await channel.receive({ type: 'cancel', id: 1 });
    channel.dispose();
    await settled();
    expect(tensors.asked.map(({ options }) => options.signal?.aborted)).toEqual([true, true]);
    expect(told).toEqual([]);
  });
});

describe('the comparison of a page', () => {
  const start = () => {
    const tensors = new FakeTensors();
    const news: ComparisonNews[] = [];
    return { tensors, news, comparing: new Comparing(tensors.service, (each) => news.push(each)) };
  };

  it('opens the other file, tells how far it is, says its result and lets go of the file', async () => {
    const { tensors, news, comparing } = start();
    const done = comparing.start('k', '/a/other.safetensors');
    tensors.asked[0]!.answer.resolve({});
    await settled();
    const its = tensors.asked[0]!.question.file;
    expect(tensors.asked[1]!.question).toEqual({ type: 'compare', file: 'k', other: its });
    tensors.asked[1]!.options.onProgress?.(0.5);
    tensors.asked[1]!.answer.resolve({ others: new Uint8Array(700_000).map((_, i) => i) });
    await done;
    expect(news.map((each) => [each.kind, 'done' in each ? each.done : undefined])).toEqual([
      ['progress', 0],
      ['progress', 0.5],
      ['others', undefined],
    ]);
    await settled();
    // What half a million rows make comes in messages that keep nobody, in order.
    const [rows, rest] = news.slice(-2).map((each) => ('rows' in each ? each.rows : others(each)));
    expect([rows?.length, rest?.length]).toEqual([512 * 1024, 700_000 - 512 * 1024]);
    expect(rest?.[0]).toBe((512 * 1024) % 256);
    expect(tensors.closed).toEqual([its]);
    comparing.repeat();
    await settled();
    expect(news.slice(-2).map(({ kind }) => kind)).toEqual(['others', 'result']);
    expect(news.at(-1)).toMatchObject({ kind: 'result', with: 'other.safetensors' });
  });

  it('says which file cannot be opened', async () => {
    const { tensors, news, comparing } = start();
    const done = comparing.start('k', '/a/other.safetensors');
    tensors.asked[0]!.answer.reject(new Error('It is damaged.'));
    await done;
    expect(news.at(-1)).toEqual({ kind: 'problem', message: 'other.safetensors: It is damaged.' });
  });

  it('that is ended, or followed by another, says nothing more', async () => {
    const { tensors, news, comparing } = start();
    const first = comparing.start('k', '/a/one.safetensors');
    const second = comparing.start('k', '/a/two.safetensors');
    await first;
    expect(tensors.asked[0]!.options.signal?.aborted).toBe(true);
    comparing.end();
    await second;
    expect(news.at(-1)).toEqual({ kind: 'none' });
    comparing.repeat();
    expect(news.filter(({ kind }) => kind === 'problem')).toEqual([]);
  });
});

describe('what the page may say', () => {
  const accepts = (message: unknown) => checkpointToHostSchema.safeParse(message).success;
  const answers = (method: keyof CheckpointExchanges, parameters: unknown) =>
    checkpointRequests[method].safeParse(parameters).success;

  it('is of a fixed list, with numbers within bounds', () => {
    const query = { leading: [0], row: 0, column: 0, rows: 10, columns: 10 };
    expect(Object.keys(checkpointRequests)).not.toContain('compare');
    expect(answers('slice', { tensor: 0, query })).toBe(true);
    expect(answers('slice', { tensor: 0, query: { ...query, rows: 1e9 } })).toBe(false);
    expect(answers('slice', { tensor: -1, query })).toBe(false);
    expect(accepts({ type: 'savePicture', name: 'a', bytes: new Uint8Array(4) })).toBe(true);
    for (const message of [
      { type: 'open', path: '/etc/passwd' },
      { type: 'intent', intent: 'workbench.action.terminal.new' },
      { type: 'savePicture', name: 'a', bytes: new Uint8Array(64 * 1024 * 1024 + 1) },
      { type: 'savePicture', name: 'a', bytes: [1, 2] },
      null,
    ]) {
      expect(accepts(message)).toBe(false);
    }
  });
});
