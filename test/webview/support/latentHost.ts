import type { RequestMessage, ToHost } from '../../../src/protocol/channel';
import type {
  LatentDescription,
  LatentExchanges,
  LatentSource,
  LatentToHost,
  LatentTraining,
} from '../../../src/protocol/latent';

/** A model that the page's own script plays: what it decodes is a spot whose place is the latent. */
export interface ScriptedModel {
  readonly test: number;
  readonly train: number;
  readonly latent: number;
  readonly variance: boolean;
  readonly encoder: boolean;
  /** Instead of the normal one of a model with variance. */
  readonly prior?: 'normal' | 'uniform';
  /** Latents are decoded to points at three times their first two numbers, moved up by the class. */
  readonly points?: boolean;
  readonly labels: boolean;
  readonly classes: number;
  readonly live: boolean;
  readonly checkpoints: readonly number[];
  /** Step of the checkpoint that was opened; the last one without it. */
  readonly opened?: number;
  /** Point whose latent is no number. */
  readonly broken?: number;
  /** All points lie on each other. */
  readonly still?: boolean;
  /** Methods that are not answered until they are released. */
  readonly held: readonly string[];
  /** Instead of `ready`. */
  readonly state?: LatentSource['state'];
  /** Milliseconds before an answer to `encode`. */
  readonly delay: number;
}

export const VAE: ScriptedModel = {
  test: 600,
  train: 900,
  latent: 4,
  variance: true,
  encoder: true,
  labels: false,
  classes: 10,
  live: false,
  checkpoints: [100, 200, 300],
  held: [],
  delay: 0,
};

declare global {
  interface Window {
    latentScript: {
      /** Requests that were answered or cancelled, by method. */
      readonly asked: { method: string; parameters: Record<string, unknown> }[];
      readonly saved: { kind: string; name: string; bytes: number[] }[];
      source(change: Partial<LatentSource>): void;
      /** Sends one event of a run that is followed. */
      follow(step: number): void;
      /** Says how far the run is. */
      train(training: LatentTraining): void;
      /** There is no such checkpoint any more. */
      lose(step: number): void;
      /** Requests of this kind are answered when they are released. */
      hold(method: string): void;
      release(method: string): void;
      /** Requests of this kind are refused with this message. */
      refuse(method: string, message: string): void;
    };
  }
}

/** Parameters of all methods together. */
interface Asked {
  readonly set: string;
  readonly from: number;
  readonly count: number;
  readonly at?: number;
  readonly rows: { readonly from: number; readonly count: number };
  readonly labels?: readonly number[];
}

/** Runs in the page before the view: the host's side of the conversation, and the model behind it. */
export function playHost(model: ScriptedModel): void {
  const SIDE = 28;
  const asked: Window['latentScript']['asked'] = [];
  const saved: Window['latentScript']['saved'] = [];
  const refused = new Map<string, string>();
  const held = new Map<string, (() => void)[]>(model.held.map((method) => [method, []]));
  const cancelled = new Set<number>();
  const lost = new Set<unknown>();
  let source: LatentSource = {
    name: 'vae-mnist-001',
    key: 'abc123',
    state: model.state ?? { kind: 'ready', live: model.live },
    checkpoints: model.checkpoints.map((step, i) => ({ step, epoch: i + 1, best: i === 1 })),
  };
  let follows = { count: 0, every: 0 };
  const last = model.checkpoints.at(-1) ?? 0;
  const opened = model.opened ?? last;
  /** Step of the weights that answer where no checkpoint is asked for: those of a live run move on. */
  let trained = opened;
  const post = (message: unknown) => window.postMessage(window.latentPacking.pack(message), '*');
  const hash = (a: number, b: number) => {
    const x = Math.sin(a * 127.1 + b * 311.7) * 43_758.5453;
    return x - Math.floor(x);
  };
  const noise = (a: number, b: number) => hash(a, b) + hash(a + 0.5, b) + hash(a, b + 0.5) + hash(a + 0.5, b + 0.5) - 2;
  const number = (set: string, row: number) => (set === 'train' ? model.test + row : row);
  /** Classes lie on a circle; the further the run, the farther apart. The last dimension tells nothing. */
  const latentOf = (point: number, step: number) => {
    if (model.still) return new Array<number>(model.latent).fill(0.5);
    const share = last === 0 ? 1 : step / last;
    const classes = Math.max(1, model.classes);
    const angle = ((point % classes) / classes) * 2 * Math.PI;
    return Array.from({ length: model.latent }, (_, d) => {
      if (d > 1 && d === model.latent - 1) return 0.001 * noise(point, d);
      const center = d === 0 ? Math.cos(angle) : d === 1 ? Math.sin(angle) : Math.cos(angle * d) * 0.5;
      return share * 2 * center + 0.35 * noise(point, d);
    });
  };
  const draw = (latent: ArrayLike<number>, label: number, out: Uint8Array) => {
    const [x, y] = [SIDE / 2 + 4 * (latent[0] ?? 0), SIDE / 2 - 4 * (latent[1] ?? 0)];
    const width = 6 + 2 * Math.abs(latent[2] ?? 0);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const square = ((i % SIDE) - x) ** 2 + (Math.floor(i / SIDE) - y) ** 2;
      out[i] = Math.max(Math.round(255 * Math.exp(-square / width)), label > 0 && i < label ? 200 : 0);
    }
  };
  const encoded = (rows: number[][], step: number) => {
    const floats = new Float32Array(rows.length * model.latent * (model.variance ? 2 : 1));
    rows.forEach((row, i) => floats.set(row, i * model.latent));
    if (model.variance) {
      const base = rows.length * model.latent;
      for (let i = 0; i < base; i++) floats[base + i] = (i + 1) % model.latent === 0 && model.latent > 2 ? 0 : -3;
    }
    const value = { step, count: rows.length, latent: model.latent, variance: model.variance };
    return { value, body: new Uint8Array(floats.buffer) };
  };
  const images = (count: number, body: Uint8Array, step: number) => ({
    value: { count, height: SIDE, width: SIDE, channels: 1, step },
    body,
  });
  const answers: Record<string, (parameters: Asked, body: Uint8Array) => { value: unknown; body: Uint8Array }> = {
    describe: () => {
      const value: LatentDescription = {
        step: model.encoder ? opened : trained,
        epoch: 3,
        family: 'vae',
        title: 'VAE · MNIST',
        imageShape: model.points ? null : [SIDE, SIDE, 1],
        classes: model.classes > 0 ? Array.from({ length: model.classes }, (_, i) => `${i}`) : null,
        sets: { test: model.test, train: model.train },
        capabilities: {
          sampling: model.variance ? 'once' : null,
          likelihood: model.variance ? 'importance' : null,
          latent: {
            size: model.latent,
            prior: model.prior ?? (model.variance ? 'normal' : null),
            encodes: !model.encoder ? null : model.variance ? 'gaussian' : 'point',
            decodes: true,
          },
          classes: model.labels ? model.classes : 0,
        },
        parameters: 1000,
      };
      return { value, body: new Uint8Array(0) };
    },
    encode: ({ set, from, count, at }) => {
      const step = at ?? trained;
      const rows = Array.from({ length: count }, (_, i) => latentOf(number(set, from + i), step));
      if (model.broken !== undefined && model.broken >= from) rows[model.broken - from]?.fill(NaN);
      return encoded(rows, step);
    },
    images: ({ set, rows: { from, count } }) => {
      const body = new Uint8Array(count * SIDE * SIDE);
      for (let i = 0; i < count; i++) {
        draw(latentOf(number(set, from + i), last), 0, body.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
      }
      return images(count, body, last);
    },
    labels: ({ set }) => {
      const count = set === 'train' ? model.train : model.test;
      const body = Uint8Array.from({ length: count }, (_, row) => number(set, row) % model.classes);
      return { value: { count }, body };
    },
    decode: ({ count, labels, at }, body) => {
      const latents = new Float32Array(body.slice().buffer);
      if (model.points) {
        const points = Float32Array.from({ length: 2 * count }, (_, i) => {
          const moved = i % 2 === 1 ? (labels?.[0] ?? 0) : 0;
          return 3 * latents[Math.floor(i / 2) * model.latent + (i % 2)]! + moved;
        });
        return { value: { step: at ?? trained, count, size: 2 }, body: new Uint8Array(points.buffer) };
      }
      const out = new Uint8Array(count * SIDE * SIDE);
      for (let i = 0; i < count; i++) {
        const latent = latents.subarray(i * model.latent, (i + 1) * model.latent);
        draw(latent, labels?.[0] ?? 0, out.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
      }
      return images(count, out, at ?? trained);
    },
    encodeImages: ({ count }, body) => {
      const rows = Array.from({ length: count }, (_, i) => {
        let [sum, x, y] = [1e-9, 0, 0];
        for (let p = 0; p < SIDE * SIDE; p++) {
          const value = body[i * SIDE * SIDE + p]!;
          sum += value;
          x += value * ((p % SIDE) - SIDE / 2);
          y -= value * (Math.floor(p / SIDE) - SIDE / 2);
        }
        return Array.from({ length: model.latent }, (_, d) => (d === 0 ? x / sum / 4 : d === 1 ? y / sum / 4 : 0));
      });
      return encoded(rows, last);
    },
  };
  const save = ({ id, method, parameters }: RequestMessage<Pick<LatentExchanges, 'save' | 'saveImages'>>) => {
    const files = method === 'save' ? [parameters] : parameters.images.map((image) => ({ ...image, kind: 'png' }));
    for (const { kind, name, bytes } of files) saved.push({ kind, name, bytes: Array.from(bytes) });
    const name = method === 'save' ? `${parameters.name}.${parameters.kind}` : 'images';
    post({ type: 'answer', id, value: { name } });
  };
  const answer = (message: RequestMessage<LatentExchanges>) => {
    if (message.method === 'save' || message.method === 'saveImages') return save(message);
    const { id, method } = message;
    const { body = new Uint8Array(0), ...parameters } = message.parameters as Partial<Asked> & { body?: Uint8Array };
    const row =
      method === 'decode' ? { latent: Array.from(new Float32Array(body.slice().buffer, 0, model.latent)) } : {};
    asked.push({ method, parameters: { ...parameters, ...row } });
    const problem = refused.get(method);
    if (problem !== undefined) return post({ type: 'failure', id, code: 'unsupported', message: problem });
    const respond = () => {
      if (!cancelled.has(id)) post({ type: 'answer', id, value: answers[method]!(parameters as Asked, body) });
    };
    const { at } = parameters;
    if (lost.has(at)) {
      return post({ type: 'failure', id, code: 'absent', message: `There is no checkpoint of step ${at}.` });
    }
    const queue = held.get(method);
    if (queue) queue.push(respond);
    else if (method === 'encode' && model.delay > 0) setTimeout(respond, model.delay);
    else respond();
  };
  window.latentScript = {
    asked,
    saved,
    source: (change) => {
      source = { ...source, ...change };
      post({ type: 'source', source });
    },
    follow: (step) => {
      const rows = Array.from({ length: Math.min(follows.count, model.test) }, (_, i) => latentOf(i, step));
      const { value, body } = encoded(rows, step);
      post({ type: 'latents', ...value, every: follows.every, share: 0.012, body });
    },
    train: (training) => {
      trained = training.step;
      post({ type: 'training', ...training });
    },
    lose: (step) => void lost.add(step),
    hold: (method) => void held.set(method, []),
    release: (method) => {
      const queue = held.get(method) ?? [];
      held.delete(method);
      queue.forEach((respond) => respond());
    },
    refuse: (method, message) => refused.set(method, message),
  };
  window.latentRespond = (data) => {
    const message = data as ToHost<LatentExchanges, LatentToHost>;
    if (message.type === 'ready') return window.latentScript.source({});
    if (message.type === 'request') return answer(message);
    if (message.type === 'cancel') return void cancelled.add(message.id);
    if (message.type === 'follow') follows = { count: message.count, every: message.every };
  };
}
