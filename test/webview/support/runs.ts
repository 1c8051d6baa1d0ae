import { parseSpecification } from '../../../src/protocol/specification';
import type { RunDetail, RunSummary } from '../../../src/protocol/views';
import { pngGrid } from './images';

/** Runs as a host would describe them, with curves like those of a small VAE. */
export interface Series {
  readonly tag: string;
  readonly start?: number;
  readonly steps: readonly number[];
  readonly values: readonly number[];
  readonly walls?: readonly number[];
}

export const STEPS_PER_EPOCH = 469;
const STARTED = 1_790_000_000;

const presentation: NonNullable<RunSummary['presentation']> = {
  family: 'vae',
  title: 'VAE · MNIST',
  headline: { tag: 'test/negative_elbo', label: 'test −ELBO', mode: 'min' },
  panels: [
    { kind: 'curves', title: '−ELBO', unit: 'nats', series: trainAndTest('negative_elbo') },
    { kind: 'curves', title: 'Reconstruction', unit: 'nats', series: trainAndTest('reconstruction') },
    { kind: 'curves', title: 'KL', unit: 'nats', series: trainAndTest('kl') },
    { kind: 'images', title: 'Reconstructions', tag: 'reconstructions' },
    { kind: 'images', title: 'Samples', tag: 'samples' },
    {
      kind: 'bars',
      title: 'KL per latent dimension',
      prefix: 'latent/kl/',
      count: 20,
      unit: 'nats',
      threshold: 0.01,
    },
  ],
};

function trainAndTest(name: string) {
  return [
    { tag: `train/${name}`, label: 'train' },
    { tag: `test/${name}`, label: 'test' },
  ];
}

export function summary(change: Partial<RunSummary> = {}): RunSummary {
  return {
    key: 'run-1',
    name: 'vae-mnist-001',
    status: 'running',
    evidence: 'attached to process 4242',
    step: 3127,
    totalSteps: 4690,
    stepsPerEpoch: STEPS_PER_EPOCH,
    epoch: 3127 / STEPS_PER_EPOCH,
    stepsPerSecond: 168,
    secondsLeft: 9,
    backend: { name: 'tensorflow', description: 'TensorFlow 2.21.0 CPU', version: '2.21.0', device: 'cpu', flags: {} },
    presentation,
    capabilities: {
      ...{ sampling: 'once', likelihood: 'importance', classes: 0 },
      latent: { size: 20, prior: 'normal', encodes: 'gaussian', decodes: true },
    },
    headline: { label: 'test −ELBO', value: 106.21, best: 106.21 },
    notes: [],
    color: 0,
    intents: ['pause', 'step', 'stop', 'sample', 'checkpoint'],
    inspections: [],
    ...change,
  };
}

/** What the record of such a run says. */
export function detail(change: Partial<RunDetail> = {}): RunDetail {
  return {
    specification: parseSpecification({ model: { family: 'vae' } }),
    createdAt: '2026-01-01T12:00:00.000Z',
    parameters: 652_824,
    gitCommit: '366fc52aa0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5',
    versions: { 'latent-studio': '0.1.0', node: '20.20.0' },
    hyperparameters: [
      { name: 'learningRate', title: 'Learning rate', value: 0.001, minimum: 0, maximum: 10, current: 0.001 },
      { name: 'beta', title: 'β', value: 1, minimum: 0, maximum: 10_000, current: 1 },
    ],
    ...change,
  };
}

/** A generator of numbers in [0, 1) that gives the same ones in every run of the tests. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Curves up to `last`: every tenth step for training, once an epoch for the test set. */
export function vaeSeries(last: number, { seed = 1, level = 0 } = {}): Series[] {
  const random = seeded(seed);
  const noise = (size: number) => (random() + random() + random() - 1.5) * size;
  const reconstruction = (step: number) => 78 + level + 120 * Math.exp(-step / 500) + 330 * Math.exp(-step / 60);
  const kl = (step: number) => 25.5 * (1 - Math.exp(-step / 350)) + 0.8;
  const train = range(0, last, 10);
  const test = range(STEPS_PER_EPOCH, last, STEPS_PER_EPOCH);
  const columns = (steps: number[], offset: number, size: number) =>
    steps.map((step) => ({ step, r: reconstruction(step) + offset + noise(size), k: kl(step) + noise(size / 8) }));
  const trained = columns(train, 0, 7);
  const tested = columns(test, 0.9, 0.2);
  return [
    { tag: 'train/negative_elbo', steps: train, values: trained.map(({ r, k }) => r + k) },
    { tag: 'train/reconstruction', steps: train, values: trained.map(({ r }) => r) },
    { tag: 'train/kl', steps: train, values: trained.map(({ k }) => k) },
    { tag: 'test/negative_elbo', steps: test, values: tested.map(({ r, k }) => r + k) },
    { tag: 'test/reconstruction', steps: test, values: tested.map(({ r }) => r) },
    { tag: 'test/kl', steps: test, values: tested.map(({ k }) => k) },
    { tag: 'train/learning_rate', steps: train, values: train.map(() => 0.001) },
    { tag: 'speed/steps_per_second', steps: train, values: train.map(() => 168 + noise(12)) },
    ...Array.from({ length: 20 }, (_, i) => ({
      tag: `latent/kl/${String(i).padStart(2, '0')}`,
      steps: test,
      values: test.map((step) => latentKl((i * 7) % 20) * (1 - Math.exp(-step / 400))),
    })),
  ];
}

/** Fourteen dimensions that are used, and six that are not. */
function latentKl(rank: number): number {
  return rank < 14 ? 3.4 * Math.exp(-rank / 9) : 0.002;
}

export function range(first: number, last: number, by: number): number[] {
  return Array.from({ length: Math.max(0, Math.floor((last - first) / by) + 1) }, (_, i) => first + i * by);
}

/** As {@link ViewScalarDelta}, in a form that JSON carries and the page turns back into typed arrays. */
export function wire({ tag, start = 0, steps, values, walls }: Series) {
  return {
    tag,
    start,
    steps: column(steps),
    walls: column(walls ?? steps.map((step) => STARTED + step / 168)),
    values: column(values),
  };
}

/** JSON has no NaN and no infinity. */
export function column(numbers: readonly number[]) {
  return { f64: numbers.map((value) => (Number.isFinite(value) ? value : String(value))) };
}

/** A grid of digits as the trainer logs it; the noise lies over them until `quality` is 1. */
export function digits(options: { rows: number; columns: number; quality: number; seed?: number }): Uint8Array {
  return pngGrid(options);
}
