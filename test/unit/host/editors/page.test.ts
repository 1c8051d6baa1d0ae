import { describe, expect, it } from 'vitest';
import { Deferred } from '../../../../src/common/deferred';
import { Comparing } from '../../../../src/host/editors/checkpoint/comparing';
import { Questions } from '../../../../src/host/editors/checkpoint/questions';
import { checkpointToHostSchema, type ComparisonNews } from '../../../../src/protocol/checkpointView';
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
    const answers: [number, unknown][] = [];
    const file = { key: 'k', file: undefined };
    const questions = new Questions(tensors.service, file, (request, answer) => answers.push([request, answer]));
    return { tensors, answers, questions };
  };

  it('are asked of its file and answered once, also with what went wrong', async () => {
    const { tensors, answers, questions } = start();
    void questions.ask(1, { type: 'statistics', tensor: 3 });
    void questions.ask(2, { type: 'norms', tensor: 3 });
    expect(tensors.asked[0]!.question).toEqual({ type: 'statistics', tensor: 3, file: 'k' });
    expect(tensors.asked[1]!.question).toMatchObject({ type: 'norms', others: [] });
    tensors.asked[0]!.answer.resolve('value');
    tensors.asked[1]!.answer.reject(new Error('broken'));
    await settled();
    expect(answers).toEqual([
      [1, { value: 'value' }],
      [2, { message: 'broken' }],
    ]);
  });

  it('tell how far they are, until they are cancelled', async () => {
    const { tensors, answers, questions } = start();
    void questions.ask(1, { type: 'statistics', tensor: 0 });
    tensors.asked[0]!.options.onProgress?.(0.25);
    questions.cancel(1);
    tensors.asked[0]!.options.onProgress?.(0.5);
    await settled();
    expect(answers).toEqual([[1, { done: 0.25 }]]);
  });

  it('that are cancelled end the work and stay without an answer; so do all when the page goes', async () => {
    const { tensors, answers, questions } = start();
    void questions.ask(1, { type: 'statistics', tensor: 0 });
    void questions.ask(2, { type: 'statistics', tensor: 1 });
    questions.cancel(1);
    questions.dispose();
    await settled();
    expect(tensors.asked.map(({ options }) => options.signal?.aborted)).toEqual([true, true]);
    expect(answers).toEqual([]);
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

  it('is of a fixed list, with numbers within bounds', () => {
    const slice = { leading: [0], row: 0, column: 0, rows: 10, columns: 10 };
    expect(accepts({ type: 'ask', request: 1, question: { type: 'slice', tensor: 0, query: slice } })).toBe(true);
    expect(accepts({ type: 'savePicture', name: 'a', bytes: new Uint8Array(4) })).toBe(true);
    for (const message of [
      { type: 'open', path: '/etc/passwd' },
      { type: 'ask', request: 1, question: { type: 'slice', tensor: 0, query: { ...slice, rows: 1e9 } } },
      { type: 'ask', request: 1, question: { type: 'slice', tensor: -1, query: slice } },
      { type: 'ask', request: 1, question: { type: 'compare', other: '/etc/passwd' } },
      { type: 'intent', intent: 'workbench.action.terminal.new' },
      { type: 'savePicture', name: 'a', bytes: new Uint8Array(64 * 1024 * 1024 + 1) },
      { type: 'savePicture', name: 'a', bytes: [1, 2] },
      null,
    ]) {
      expect(accepts(message)).toBe(false);
    }
  });
});
