import type { ComparisonNews } from '../../../src/protocol/checkpointView';

/**
 * Assembles a comparison that comes in several messages. One whose beginning went to the previous page, or that is
 * restarted before its end, is ignored: the host sends all of it again.
 */
export class ComparisonPieces {
  private pieces: Uint8Array[] = [];
  private bytes = 0;

  /** The complete message; undefined for a part of it. */
  take(news: ComparisonNews): ComparisonNews | undefined {
    if (news.kind === 'others') return this.add(news.from, news.rows);
    const { pieces, bytes } = this;
    this.clear();
    if (news.kind !== 'result') return news;
    if (news.from !== bytes) return undefined;
    const others = joined([...pieces, news.comparison.others]);
    return { ...news, from: 0, comparison: { ...news.comparison, others } };
  }

  private add(from: number, rows: Uint8Array): undefined {
    if (from === 0) this.clear();
    if (from !== this.bytes) return;
    this.pieces.push(rows);
    this.bytes += rows.length;
  }

  private clear(): void {
    this.pieces = [];
    this.bytes = 0;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
