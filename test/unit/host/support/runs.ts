import { Emitter } from '../../../../src/common/emitter';
import type { LiveState } from '../../../../src/protocol/control';
import type { HistogramSample, LoggedImage, LoggedTensor, LogUpdate, ScalarDelta } from '../../../../src/protocol/logs';
import type { RunRecord } from '../../../../src/protocol/run';
import { parseSpecification } from '../../../../src/protocol/specification';
import type { Logs, TrainerAddress, Trainers, TrainerWatch } from '../../../../src/host/registry/ports';
import type { RunFound } from '../../../../src/host/registry/registeredRun';

export function record(change: Partial<RunRecord> = {}): RunRecord {
  return {
    format: 1,
    id: 'a'.repeat(32),
    name: 'vae-mnist-001',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    status: 'running',
    specification: parseSpecification({ model: { family: 'vae' } }),
    step: 50,
    epoch: 0.1,
    totalSteps: 4690,
    stepsPerEpoch: 469,
    notes: [],
    changes: [],
    versions: {},
    presentation: {
      family: 'vae',
      title: 'VAE · MNIST',
      headline: { tag: 'test/negative_elbo', label: 'test −ELBO', mode: 'min' },
      panels: [{ kind: 'images', title: 'Samples', tag: 'samples' }],
    },
    ...change,
  };
}

type FoundRun = Extract<RunFound, { kind: 'run' }>;

export function found(change: Partial<FoundRun> = {}): FoundRun {
  return {
    kind: 'run',
    name: 'vae-mnist-001',
    path: '/ws/runs/vae-mnist-001',
    record: record(),
    lock: { state: 'held', holder: holder, evidence: 'Process 4242 holds its lock.' },
    ...change,
  };
}

const holder = {
  id: 'a'.repeat(32),
  nonce: 'b'.repeat(32),
  pid: 4242,
  startTime: '1',
  boot: 'boot',
  namespace: 'namespace',
  host: 'here',
  acquiredAt: '2026-01-01T00:00:00.000Z',
  heartbeat: '2026-01-01T00:00:00.000Z',
};

export function liveState(change: Partial<LiveState> = {}): LiveState {
  return {
    status: 'running',
    step: 60,
    totalSteps: 4690,
    stepsPerEpoch: 469,
    epoch: 60 / 469,
    stepsPerSecond: 86,
    secondsLeft: 54,
    metrics: {},
    ...change,
  };
}

export function scalars(tag: string, start: number, values: readonly number[]): ScalarDelta {
  return {
    tag,
    start,
    steps: Float64Array.from(values, (_, index) => start + index + 1),
    walls: Float64Array.from(values, (_, index) => 1e9 + start + index),
    values: Float64Array.from(values),
  };
}

export function update(run: string, deltas: readonly ScalarDelta[]): LogUpdate {
  return { run, scalars: deltas, images: [], histograms: [], tensors: [], problems: [] };
}

/** A trainer that says what the test tells it to. */
export class FakeWatch implements TrainerWatch {
  readonly pid = 4242;
  readonly states = new Emitter<LiveState>();
  readonly logs = new Emitter<{ file: string; offset: number; bytes: Uint8Array }>();
  readonly closes = new Emitter<string>();
  readonly onState = this.states.event;
  readonly onLog = this.logs.event;
  readonly onClose = this.closes.event;
  disposed = false;

  constructor(public state = liveState()) {}

  tell(state: LiveState): void {
    this.state = state;
    this.states.fire(state);
  }

  dispose(): void {
    this.disposed = true;
  }
}

/** Trainers that record what is asked of them. `watches` answer in order; an error refuses. */
export class FakeTrainers implements Trainers {
  readonly asked: string[] = [];
  constructor(readonly watches: (FakeWatch | Error)[] = []) {}

  watch(address: TrainerAddress): Promise<TrainerWatch> {
    this.asked.push(`watch ${address.expectedPath}`);
    const next = this.watches.shift() ?? new Error('No trainer serves the run.');
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  }

  control: Trainers['control'] = (address, method, parameters) => {
    this.asked.push(`${method} ${address.expectedPath} ${JSON.stringify(parameters)}`);
    return Promise.resolve({ value: { step: 60, file: 'step-00000060.safetensors', checkpoint: null } as never });
  };

  resume(run: string, extendEpochs?: number): Promise<void> {
    this.asked.push(`resume ${run} ${extendEpochs ?? ''}`.trim());
    return Promise.resolve();
  }
}

/** Logs that record which runs are read, and tell what the test makes up. */
export class FakeLogs implements Logs {
  readonly reading: string[] = [];
  readonly fed: string[] = [];
  readonly updates = new Emitter<LogUpdate>();
  readonly onUpdate = this.updates.event;
  readonly snapshots = new Map<string, LogUpdate>();
  readonly images = new Map<string, LoggedImage>();
  readonly tensors = new Map<string, LoggedTensor>();
  readonly samples = new Map<string, readonly HistogramSample[]>();
  /** Of the last request of histograms. */
  signal: AbortSignal | undefined;

  open(run: string): void {
    this.reading.push(run);
  }
  close(run: string): void {
    this.reading.splice(this.reading.indexOf(run), 1);
  }
  feed(run: string, file: string, offset: number, bytes: Uint8Array): void {
    this.fed.push(`${run} ${file} ${offset} ${bytes.length}`);
  }
  refresh(): void {
    return;
  }
  snapshot(run: string): Promise<LogUpdate> {
    return Promise.resolve(this.snapshots.get(run) ?? update(run, []));
  }
  image(run: string, tag: string, step: number): Promise<LoggedImage | null> {
    return Promise.resolve(this.images.get(`${run} ${tag} ${step}`) ?? null);
  }
  tensor(run: string, tag: string, step: number): Promise<LoggedTensor | null> {
    return Promise.resolve(this.tensors.get(`${run} ${tag} ${step}`) ?? null);
  }
  histograms(run: string, tag: string, from: number, signal?: AbortSignal): Promise<readonly HistogramSample[]> {
    this.signal = signal;
    return Promise.resolve((this.samples.get(`${run} ${tag}`) ?? []).filter(({ step }) => step >= from));
  }
}
