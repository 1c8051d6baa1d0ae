import { describe, expect, it, vi } from 'vitest';
import type { Pca } from '../../../../webview/latent/maths/pca';
import { ExplorerStore, type Points } from '../../../../webview/latent/model/state';
import type { Projection } from '../../../../webview/latent/projections/projection';
import { DEFAULT_DRAWS } from '../../../../webview/latent/maths/priorDraws';
import { Mapping } from '../../../../webview/latent/stage/mapping';
import type { ProgressBar } from '../../../../webview/latent/stage/progressBar';
import type { Theme } from '../../../../webview/shared/theme';

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
  const stage = { show: (projection: Projection) => shown.push(projection) };
  const progress = {
    during: (_: string, __: unknown, work: (report: () => void) => unknown) => work(() => undefined),
  } as unknown as ProgressBar;
  const message = { report: vi.fn() };
  const view = { kind: 'pca', dimensions: [0, 1] } as const;
  const store = new ExplorerStore({ theme: {} as Theme, view, set: 'test', step: undefined, draws: DEFAULT_DRAWS });
  const latents = { data: Float32Array.of(1, 2, 0, -1, -2, 0), count: 2, dimensions: 3 };
  const points = (): Points => ({ encoding: { latents } }) as unknown as Points;
  return { mapping: new Mapping(store, stage, progress, message), shown, points, message, store };
}

describe('The projections of an explorer', () => {
  it('come back the same way round, whatever was shown between', async () => {
    const { mapping: projections, shown, points, message, store } = mapping();
    fits.push(fit(1), fit(-1));
    store.update({ points: points() });
    await projections.settled;
    store.update({ view: { kind: 'dimensions', dimensions: [1, 2] } });
    await projections.settled;
    store.update({ view: { kind: 'pca', dimensions: [0, 1] } });
    await projections.settled;
    expect(shown.map(({ kind }) => kind)).toEqual(['pca', 'dimensions', 'pca']);
    expect([...shown[2]!.positions]).toEqual([...shown[0]!.positions]);
    expect(message.report).not.toHaveBeenCalled();
  });

  it('return to the one before when a projection fails, which is then the chosen view, without projecting again', async () => {
    const { mapping: projections, shown, points, message, store } = mapping();
    const pca = store.state.view;
    fits.push(fit(1));
    store.update({ points: points() });
    await projections.settled;
    // The worker has nothing to answer with.
    store.update({ view: { kind: 'pca', dimensions: [0, 2] } });
    await projections.settled;
    expect(message.report).toHaveBeenCalledOnce();
    expect(store.state.view).toBe(pca);
    expect(shown).toEqual([shown[0], shown[0]]);
  });
});
