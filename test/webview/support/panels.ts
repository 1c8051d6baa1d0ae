import type { Panel } from '../../../src/protocol/panels';
import { encodeAnimation } from '../../../src/formats/animation';
import { histogramOf } from '../../../src/formats/tfevents';
import { summary } from './runs';
import type { ViewPage } from './viewPage';

/** Values of panels as a host would have them, from formulas: the same in every run of the tests. */
export interface Logged {
  readonly histograms?: Readonly<Record<string, (step: number) => Float32Array>>;
  readonly tensors?: Readonly<
    Record<string, (step: number) => { shape: readonly number[]; values: ArrayLike<number> }>
  >;
  readonly images?: Readonly<Record<string, (step: number) => { bytes: Uint8Array; width: number; height: number }>>;
}

/** A run with these panels and nothing else; every request of the view is answered as soon as it comes. */
export async function showPanels(
  view: ViewPage,
  panels: readonly Panel[] | undefined,
  logged: Logged,
  steps: readonly number[],
): Promise<void> {
  await answerRequests(view, logged, steps);
  await view.snapshot(panelUpdate(panels, logged, steps));
  await view.settle();
}

/** What a host says of such a run. */
export function panelUpdate(panels: readonly Panel[] | undefined, logged: Logged, steps: readonly number[]) {
  const { presentation } = summary();
  const run = panels
    ? summary({ status: 'finished', intents: [], presentation: { ...presentation!, panels: [...panels] } })
    : summary({ status: 'foreign', intents: [], presentation: undefined, capabilities: undefined });
  const located = (all: object | undefined) => Object.keys(all ?? {}).map((tag) => ({ run: 'run-1', tag, steps }));
  return {
    runs: [run],
    histograms: located(logged.histograms),
    tensors: located(logged.tensors),
    images: located(logged.images),
  };
}

async function answerRequests(view: ViewPage, logged: Logged, steps: readonly number[]): Promise<void> {
  await view.page.exposeFunction(
    'answerValue',
    (method: string, { tag, step, from }: { tag: string; step: number; from: number }): unknown => {
      const numbers = (values: ArrayLike<number>) =>
        Array.from(values, (value) => (Number.isFinite(value) ? value : String(value)));
      if (method === 'histograms') {
        return steps
          .filter((each) => each >= from)
          .map((each) => {
            const { limits, counts } = histogramOf(logged.histograms![tag]!(each));
            return { step: each, limits: { f64: numbers(limits) }, counts: { f64: numbers(counts) } };
          });
      }
      if (method === 'tensor') {
        const { shape, values } = logged.tensors![tag]!(step);
        return { step, shape, values: { f32: numbers(values) } };
      }
      const { bytes, width, height } = logged.images![tag]!(step);
      return { step, mime: 'image/png', width, height, bytes: { u8: Buffer.from(bytes).toString('base64') } };
    },
  );
  await view.page.evaluate(() => {
    const { answerValue } = window as unknown as { answerValue: (...request: unknown[]) => Promise<unknown> };
    window.latentRespond = (message) => {
      const { type, id, method, parameters } = message as Record<string, unknown>;
      if (type !== 'request') return;
      void answerValue(method, parameters).then((value) => window.latentTest.send({ type: 'answer', id, value }));
    };
  });
}

/** A generator of normally distributed numbers, always the same ones. */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** An animation whose frame `i` is gray up to column `i`. */
export function growing(frames: number, size = 16, delay = 40): { bytes: Uint8Array; width: number; height: number } {
  const all = Array.from({ length: frames }, (_, frame) => {
    const data = Uint8Array.from({ length: size * size }, (_, i) => (i % size <= (frame * size) / frames ? 200 : 20));
    return { width: size, height: size, channels: 1 as const, data };
  });
  return { bytes: encodeAnimation(all, delay), width: size, height: size };
}
