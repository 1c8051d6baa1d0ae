import { errorMessage } from '../../../common/systemError';
import type { CheckpointQuestion, TensorAnswer } from '../../../protocol/checkpointView';
import type { Disposable } from '../../../common/disposable';
import type { AskOptions, TensorService } from '../../../tensors/service';
import { siblingsOf } from './own';

/** What a page hears of a question: how far it is, and at last a value or what went wrong. */
export type Answer = { readonly done: number } | { readonly value: TensorAnswer } | { readonly message: string };

/** Those of one page about one file: each can be cancelled, and all end with the page. */
export class Questions implements Disposable {
  private readonly running = new Map<number, AbortController>();

  constructor(
    private readonly tensors: Pick<TensorService, 'ask'>,
    private readonly file: { readonly key: string; readonly file: string | undefined },
    private readonly answer: (request: number, answer: Answer) => void,
  ) {}

  /** Never rejects; a question that was cancelled stays without an answer. */
  async ask(request: number, question: CheckpointQuestion): Promise<void> {
    const controller = new AbortController();
    this.running.get(request)?.abort();
    this.running.set(request, controller);
    try {
      const { signal } = controller;
      const onProgress = (done: number) => !signal.aborted && this.answer(request, { done });
      const value = await this.carryOut(question, { signal, onProgress });
      if (!controller.signal.aborted) this.answer(request, { value });
    } catch (error) {
      const message = errorMessage(error);
      if (!controller.signal.aborted) this.answer(request, { message });
    } finally {
      if (this.running.get(request) === controller) this.running.delete(request);
    }
  }

  cancel(request: number): void {
    this.running.get(request)?.abort();
    this.running.delete(request);
  }

  dispose(): void {
    for (const request of [...this.running.keys()]) this.cancel(request);
  }

  private async carryOut(question: CheckpointQuestion, options: AskOptions): Promise<TensorAnswer> {
    const { key, file } = this.file;
    if (question.type !== 'norms') return this.tensors.ask({ ...question, file: key }, options);
    const others = file === undefined ? [] : await siblingsOf(file);
    return this.tensors.ask({ ...question, file: key, others }, options);
  }
}
