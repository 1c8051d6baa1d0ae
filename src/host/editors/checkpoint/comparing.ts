import path from 'node:path';
import { errorMessage } from '../../../common/systemError';
import type { Disposable } from '../../../common/disposable';
import type { ComparisonNews } from '../../../protocol/checkpointView';
import type { TensorService } from '../../../tensors/service';

let comparisons = 0;
/** Per message, so that the window passes it on within a few milliseconds. */
const MESSAGE_BYTES = 512 * 1024;

/**
 * The comparison of a page's file with another one, at most one at a time. The last result is kept for a page that
 * comes back.
 */
export class Comparing implements Disposable {
  private current: AbortController | undefined;
  private last: ComparisonNews = { kind: 'none' };
  private sendings = 0;

  constructor(
    private readonly tensors: Pick<TensorService, 'ask' | 'close'>,
    private readonly post: (news: ComparisonNews) => void,
  ) {}

  /** Sends the last result again. */
  repeat(): void {
    if (this.last.kind !== 'none') void this.send(this.last);
  }

  /** Compares the file with this key to the one at a path. Never rejects. */
  async start(key: string, other: string): Promise<void> {
    this.current?.abort();
    const controller = new AbortController();
    this.current = controller;
    const { signal } = controller;
    const its = `comparison ${++comparisons}`;
    const name = path.basename(other);
    const tell = (news: ComparisonNews) => !signal.aborted && this.tell(news);
    const onProgress = (done: number) => tell({ kind: 'progress', with: name, done });
    onProgress(0);
    try {
      await this.tensors.ask({ type: 'open', file: its, path: other }, { signal });
      const comparison = await this.tensors.ask({ type: 'compare', file: key, other: its }, { signal, onProgress });
      tell({ kind: 'result', with: name, from: 0, comparison });
    } catch (error) {
      tell({ kind: 'problem', message: `${name}: ${errorMessage(error)}` });
    } finally {
      this.tensors.close(its);
    }
  }

  /** Ends the comparison, whether it is running or shown. */
  end(): void {
    this.current?.abort();
    this.current = undefined;
    this.tell({ kind: 'none' });
  }

  dispose(): void {
    this.current?.abort();
  }

  private tell(news: ComparisonNews): void {
    this.last = news;
    void this.send(news);
  }

  /** A result in as many messages as needed, yielding to other work in between. */
  private async send(news: ComparisonNews): Promise<void> {
    const sending = ++this.sendings;
    if (news.kind !== 'result') return this.post(news);
    const { others } = news.comparison;
    let from = 0;
    for (; others.length - from > MESSAGE_BYTES; from += MESSAGE_BYTES) {
      this.post({ kind: 'others', from, rows: others.slice(from, from + MESSAGE_BYTES) });
      await new Promise((resolve) => setImmediate(resolve));
      if (sending !== this.sendings) return;
    }
    this.post({ ...news, from, comparison: { ...news.comparison, others: others.slice(from) } });
  }
}
