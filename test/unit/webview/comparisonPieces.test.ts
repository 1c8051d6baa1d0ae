import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Comparing } from '../../../src/host/editors/checkpoint/comparing';
import type { ComparisonNews } from '../../../src/protocol/checkpointView';
import type { TensorService } from '../../../src/tensors/service';
import { ComparisonPieces } from '../../../webview/checkpoint/model/comparisonPieces';

/** Of some messages; each number stands where it can be recognized. */
const OTHERS = new Uint8Array(Uint32Array.from({ length: 700_000 }, (_, i) => i).buffer);

type Tensors = ConstructorParameters<typeof Comparing>[0];
const none = { what: new Uint8Array(0), relative: new Float64Array(0), largest: new Float64Array(0) };
const tensors: Tensors = {
  ask: (({ type }) => Promise.resolve(type === 'compare' ? { ...none, others: OTHERS } : {})) as TensorService['ask'],
  close: () => undefined,
};

/** A page's end: what it shows of a comparison. */
function page() {
  const pieces = new ComparisonPieces();
  const shown: ComparisonNews[] = [];
  const take = (news: ComparisonNews) => {
    const whole = pieces.take(news);
    if (whole?.kind === 'result') shown.push(whole);
  };
  return { shown, take };
}

function expectWhole(shown: readonly ComparisonNews[]): void {
  expect(shown).toHaveLength(1);
  const [news] = shown;
  expect(news?.kind === 'result' && Buffer.compare(news.comparison.others, OTHERS)).toBe(0);
}

describe('a comparison in several messages', () => {
  it('arrives whole', async () => {
    const { shown, take } = page();
    await new Comparing(tensors, take).start('file', '/other');
    await expect.poll(() => shown.length).toBe(1);
    expectWhole(shown);
  });

  it.each([1, 2, 5])(
    'arrives whole at a page that took the place of another after %i of them, and asks for it later',
    async (after) => {
      const second = page();
      let [sent, taking] = [0, false];
      const comparing = new Comparing(tensors, (news) => {
        if (taking) second.take(news);
        if (news.kind === 'others') sent++;
      });
      await comparing.start('file', '/other');
      while (sent < after) await turn();
      taking = true;
      await turn();
      comparing.repeat();
      await expect.poll(() => second.shown.length).toBeGreaterThan(0);
      await turn();
      expectWhole(second.shown);
    },
  );
});
