import type { MethodOf } from '../../src/protocol/channel';
import type { CheckpointExchanges, CheckpointToHost, HostToCheckpoint } from '../../src/protocol/checkpointView';
import { Channel } from '../shared/channel';
import { ComparisonPieces } from './model/comparisonPieces';

/** A request that its caller can cancel. */
export interface Asked<A> {
  /** Rejects with RequestError. */
  readonly answer: Promise<A>;
  cancel(): void;
}

/** The editor's end of the channel to the host. */
export class Link extends Channel<CheckpointExchanges, CheckpointToHost, HostToCheckpoint> {
  private readonly pieces = new ComparisonPieces();

  /** Starts listening and reports to the host that the page is ready. */
  start(listener: (message: HostToCheckpoint) => void): void {
    this.listen({
      opening: listener,
      file: (message) => {
        this.recovery.succeeded();
        listener(message);
      },
      problem: listener,
      inspection: listener,
      // Messages in several parts are joined.
      comparison: (message) => {
        const news = this.pieces.take(message.news);
        if (news !== undefined) listener({ ...message, news });
      },
    });
  }

  /** @param onProgress receives progress from 0 to 1 until the answer arrives */
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
