import { errorMessage } from '../../src/common/systemError';
import type { Asked, Link } from './link';
import type { ShownFile } from './model/file';
import type { TensorRows } from '../../src/protocol/tensors';

/** Fetches the remaining rows of a long table in small messages, which delay no other request. */
export class RestOfRows {
  private asked: Asked<TensorRows> | undefined;
  private over = false;

  constructor(
    private readonly link: Pick<Link, 'ask'>,
    private readonly file: ShownFile,
    private readonly listeners: { onMore(): void; onEnd(problem?: string): void },
  ) {
    void this.fetch();
  }

  /** Stops fetching, for another file. */
  dispose(): void {
    this.over = true;
    this.asked?.cancel();
  }

  private async fetch(): Promise<void> {
    const { file, link, listeners } = this;
    try {
      let more = true;
      while (more && !file.complete) {
        this.asked = link.ask('rows', { from: file.tensors.length });
        const { table } = await this.asked.answer;
        if (this.over) return;
        more = file.append(table);
        listeners.onMore();
      }
      listeners.onEnd();
    } catch (error) {
      if (!this.over) listeners.onEnd(errorMessage(error));
    }
  }
}
