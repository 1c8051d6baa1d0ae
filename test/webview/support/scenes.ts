import type { RunChoice } from '../../../src/protocol/views';
import type { ViewPage } from './viewPage';
import { detail, digits, range, STEPS_PER_EPOCH, summary, vaeSeries } from './runs';

/** A run tab as a user sees it two thirds into training a VAE; answers image requests as a host would. */
export async function showRunTab(
  view: ViewPage,
  change: Parameters<typeof summary>[0] = {},
  last = 3127,
): Promise<void> {
  const imageSteps = [0, ...range(100, last, 100)];
  await view.snapshot({
    runs: [summary(change)],
    details: [{ run: 'run-1', detail: detail() }],
    scalars: [{ run: 'run-1', series: vaeSeries(last) }],
    images: ['reconstructions', 'samples'].map((tag) => ({ run: 'run-1', tag, steps: imageSteps })),
    marks: [
      {
        run: 'run-1',
        marks: [
          { step: 1400, text: 'learning rate 0.001 → 0.0005' },
          { step: 2345, text: 'checkpoint step-00002345.safetensors' },
        ],
      },
    ],
  });
  await answerImages(view, 2);
}

/** Answers the image requests that come until `count` were answered. */
async function answerImages(view: ViewPage, count: number, first = 1): Promise<void> {
  for (let i = first; i < first + count; i++) {
    const { id, parameters } = await view.waitForImage(i);
    const { tag, step } = parameters;
    const bytes = digits({
      rows: 8,
      columns: 16,
      quality: Math.min(1, 0.2 + step / 2500),
      seed: tag === 'samples' ? 300 : 0,
    });
    await view.answerImage(id, { step, bytes, width: 16 * 28, height: 8 * 28 });
  }
  await view.settle();
}

/** The side panel with three runs over each other. */
export async function showCharts(view: ViewPage, runs = 3): Promise<void> {
  const statuses = ['running', 'finished', 'failed', 'paused'] as const;
  const keys = Array.from({ length: runs }, (_, i) => `run-${i + 1}`);
  await view.snapshot({
    runs: keys.map((key, i) =>
      summary({
        key,
        name: `vae-mnist-00${i + 1}`,
        color: i,
        status: statuses[i % 4]!,
        headline: { label: 'test −ELBO', value: 106.21 + i * 4, best: 105 + i * 4 },
      }),
    ),
    choices: keys.map((key, i) => choice(key, { color: i, status: statuses[i % 4]! })),
    scalars: keys.map((run, i) => ({
      run,
      series: vaeSeries(i === 0 ? 7 * STEPS_PER_EPOCH : 4690, { seed: i + 1, level: i * 5 }),
    })),
  });
}

/** A row of the list of runs, ticked. */
export function choice(key: string, change: Partial<RunChoice> = {}): RunChoice {
  const name = `vae-mnist-00${key.slice(-1)}`;
  return { key, name, status: 'finished', color: 0, shown: true, ...change };
}
