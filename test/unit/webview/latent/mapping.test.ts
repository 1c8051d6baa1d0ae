import { describe, expect, it, vi } from 'vitest';
import type { Pca } from '../../../../webview/latent/maths/pca';
import type { Explored } from '../../../../webview/latent/model/state';
import type { Projection } from '../../../../webview/latent/projections/projection';
import { Mapping } from '../../../../webview/latent/stage/mapping';
import type { Stage } from '../../../../webview/latent/stage/stage';

/** What the worker's fits say, one after the other: the same plane, seen from the other side each time. */
const { fits } = vi.hoisted(() => ({ fits: [] as Pca[] }));
vi.mock('../../../../webview/latent/projections/jobs', () => ({
  runJob: () => Promise.resolve(fits.shift()),
}));

const components = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
const fit = (sign: number): Pca => ({
  dimensions: 3,
  mean: new Float64Array(3),
  components: components.map((value) => sign * value),
  variances: Float64Array.of(3, 2, 1),
});

function mapping() {
  const shown: Projection[] = [];
  const stage = {
    progress: {
      during: (_: string, __: AbortController, work: (progress: () => void) => unknown) => work(() => undefined),
    },
    show: (projection: Projection) => shown.push(projection),
  } as unknown as Stage;
  const explored = (): Explored => {
    const latents = { data: Float32Array.of(1, 2, 0, -1, -2, 0), count: 2, dimensions: 3 };
    return { encoding: { latents }, picked: [] } as unknown as Explored;
  };
  const listener = { explored: () => undefined, fellBack: vi.fn(), failed: vi.fn() };
  return { mapping: new Mapping(stage, listener), shown, explored, listener };
}

describe('The projections of an explorer', () => {
  it('come back the same way round, whatever was shown between', async () => {
    const { mapping: projections, shown, explored, listener } = mapping();
    fits.push(fit(1), fit(-1));
    await projections.show(explored(), { kind: 'pca', dimensions: [0, 1] });
    await projections.show(explored(), { kind: 'dimensions', dimensions: [1, 2] });
    await projections.show(explored(), { kind: 'pca', dimensions: [0, 1] });
    expect(shown.map(({ kind }) => kind)).toEqual(['pca', 'dimensions', 'pca']);
    expect([...shown[2]!.positions]).toEqual([...shown[0]!.positions]);
    expect(listener.failed).not.toHaveBeenCalled();
  });
});
