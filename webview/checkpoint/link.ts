import type { MethodOf } from '../../src/protocol/channel';
import type { CheckpointExchanges, CheckpointToHost, HostToCheckpoint } from '../../src/protocol/checkpointView';
import { Channel } from '../shared/channel';
import { ComparisonPieces } from './model/comparisonPieces';

/** A request that can be cancelled: its caller has turned to something else. */
export interface Asked<A> {
  /** Rejects with RequestError. */
  readonly answer: Promise<A>;
  cancel(): void;
}

/** The editor's end of the conversation with the host. */
export class Link extends Channel<CheckpointExchanges, CheckpointToHost, HostToCheckpoint> {
  private readonly pieces = new ComparisonPieces();

  /** Starts listening, and says so. */
  start(listener: (message: HostToCheckpoint) => void): void {
    this.listen({
      opening: listener,
      file: (message) => {
        this.recovery.succeeded();
        listener(message);
      },
      problem: listener,
      inspection: listener,
      // What comes in several messages is handed on as one.
      comparison: (message) => {
        const news = this.pieces.take(message.news);
        if (news !== undefined) listener({ ...message, news });
      },
    });
  }

  /** @param onProgress hears of shares from 0 to 1 while the answer is being found */
  ask<M extends MethodOf<CheckpointExchanges>>(
    method: M,
    parameters: CheckpointExchanges[M]['request'],
    onProgress?: (done: number) => void,
  ): Asked<CheckpointExchanges[M]['answer']> {
    const controller = new AbortController();
    const { signal } = controller;
    return {
      answer: this.request(method, parameters, { signal, onProgress }),
      cancel: () => controller.abort(),
    };
  }

  get state(): unknown {
    return this.editor.getState();
  }

  set state(state: unknown) {
    this.editor.setState(state);
  }
}
