import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeEventRecord, FILE_VERSION, type WritableEvent } from '../../../src/formats/tfevents';
import type { Panel } from '../../../src/protocol/panels';
import { parseSpecification } from '../../../src/protocol/specification';
import { createRun } from '../../../src/runs/directory';

const EVENTS = 'events.out.tfevents.1790000000.host.1.0';
const STARTED = 1_790_000_000;
const METRICS = ['negative_elbo', 'reconstruction', 'kl', 'accuracy'] as const;

const scalar = (tag: string, value: number) => ({ kind: 'scalar', tag, value }) as const;
const summary = (step: number, values: readonly (readonly [tag: string, value: number])[]): WritableEvent => ({
  kind: 'summary',
  wallTime: STARTED + step,
  step,
  values: values.map(([tag, value]) => scalar(tag, value)),
});

async function append(folder: string, events: readonly WritableEvent[]): Promise<void> {
  await appendFile(path.join(folder, EVENTS), Buffer.concat(events.map(encodeEventRecord)));
}

const head: WritableEvent = { kind: 'fileVersion', version: FILE_VERSION, wallTime: STARTED, step: 0 };

/** A run as a trainer leaves it that has stopped, with a log like that of a VAE; nothing is trained. */
export class LoggedRun {
  private constructor(
    readonly folder: string,
    private readonly latent: number,
  ) {}

  /** @param latent latent dimensions, for each of which two series are logged; 0 for none */
  static async create(runs: string, name: string, { latent = 0, points = 100 } = {}): Promise<LoggedRun> {
    const presentation = {
      family: 'vae',
      title: 'VAE',
      headline: { tag: 'test/negative_elbo', label: 'test −ELBO', mode: 'min' as const },
      panels: [...METRICS.map(curvesOf), ...(latent > 0 ? [klOf(latent)] : [])],
    };
    const start = {
      status: 'stopped' as const,
      step: points,
      totalSteps: 10 * points,
      stepsPerEpoch: 10,
      presentation,
    };
    const { path: folder } = await createRun(runs, parseSpecification({ model: { family: 'vae' } }), { name, start });
    const run = new LoggedRun(folder, latent);
    await append(folder, [head]);
    await run.log(1, points);
    return run;
  }

  /** Goes on for some steps. */
  async log(from: number, points: number): Promise<void> {
    const events: WritableEvent[] = [];
    for (let step = from; step < from + points; step++) {
      events.push(
        summary(
          step,
          METRICS.map((metric, i) => [`train/${metric}`, 100 / step + i]),
        ),
      );
    }
    for (const kind of this.latent > 0 ? ['kl', 'variance'] : []) {
      for (const step of [from, from + points - 1]) {
        const tags = Array.from({ length: this.latent }, (_, i) => String(i).padStart(2, '0'));
        events.push(
          summary(
            step,
            tags.map((tag, i) => [`latent/${kind}/${tag}`, i % 2 === 0 ? 0.001 : 1 / (1 + i)]),
          ),
        );
      }
    }
    await append(this.folder, events);
  }

  /** How many series its log has. */
  get series(): number {
    return METRICS.length + 2 * this.latent;
  }
}

/** A log of another program with so many tags, each with three points. */
export async function logForeign(runs: string, name: string, tags: number): Promise<void> {
  const folder = path.join(runs, name);
  await mkdir(folder);
  await writeFile(path.join(folder, EVENTS), encodeEventRecord(head));
  const names = Array.from({ length: tags }, (_, i) => `layer_${i}`);
  await append(
    folder,
    [1, 2, 3].map((step) =>
      summary(
        step,
        names.map((tag, i) => [tag, i / step]),
      ),
    ),
  );
}

function curvesOf(metric: string): Panel {
  return { kind: 'curves', title: metric, unit: '', series: [{ tag: `train/${metric}`, label: 'train' }] };
}

function klOf(count: number): Panel {
  return { kind: 'bars', title: 'KL', prefix: 'latent/kl/', count, unit: 'nats', threshold: 0.01 };
}
