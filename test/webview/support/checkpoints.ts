import { errorMessage } from '../../../src/common/systemError';
import type { MethodOf, ToHost, ToPage } from '../../../src/protocol/channel';
import type {
  CheckpointExchanges,
  CheckpointToHost,
  HostToCheckpoint,
  OwnCheckpoint,
} from '../../../src/protocol/checkpointView';
import type { Comparison, TensorMessage, TensorRow } from '../../../src/protocol/tensors';
import { TensorServer } from '../../../src/tensors/server';
import { rowsFrom, summarize, type TensorFile } from '../../../src/tensors/tensorFile';
import type { ViewPage } from './viewPage';

type Said = ToHost<CheckpointExchanges, CheckpointToHost>;
type Told = ToPage<CheckpointExchanges, HostToCheckpoint>;
type Method = MethodOf<CheckpointExchanges>;

/** Plays the host of the checkpoint editor to a page; what is asked of a file is answered by the service's own code. */
export class CheckpointPage {
  private readonly server = new TensorServer((message) => void this.settle(message));
  private readonly waiting = new Map<number, (message: TensorMessage) => void>();
  private nextId = 1;
  readonly said: Said[] = [];
  /** While it is set, questions stay without an answer. */
  silent = false;
  /** The table that {@link showRows} shows. */
  private listed: TensorFile | undefined;
  /** Bytes of the largest part of it that was sent. */
  largest = 0;

  private constructor(readonly view: ViewPage) {}

  static async of(view: ViewPage): Promise<CheckpointPage> {
    const page = new CheckpointPage(view);
    await view.page.exposeFunction('latentRespond', (message: Said) => page.receive(message));
    return page;
  }

  /** Opens a file from disk, as the host would tell of it. */
  async show(file: string, name: string, own?: OwnCheckpoint, note?: string): Promise<void> {
    const summary = await this.ask({ type: 'open', file: 'shown', path: file });
    await this.post({ type: 'file', name, summary, own, note, again: false } as HostToCheckpoint);
  }

  /** Opens a file that cannot be, and tells the page why, as the host would. */
  async refuse(file: string): Promise<void> {
    const reason = await this.ask({ type: 'open', file: 'shown', path: file }).then(
      () => undefined,
      (error: unknown) => errorMessage(error),
    );
    if (reason === undefined) throw new Error(`${file} was opened.`);
    await this.post({ type: 'problem', message: reason });
  }

  /** Shows a table without values: what is asked of them stays without an answer. Its parts are cut as the service cuts them. */
  async showRows(tensors: readonly TensorRow[], name: string): Promise<void> {
    this.listed = { format: 'safetensors', tensors, metadata: {}, sources: [] };
    const summary = summarize(this.listed);
    this.largest = summary.table.length;
    await this.post({ type: 'file', name, summary, again: false } as HostToCheckpoint);
  }

  /**
   * Compares it with another file.
   *
   * @param pieces bytes of what the other file has otherwise that come in one message
   */
  async compare(file: string, name: string, pieces = Infinity): Promise<void> {
    await this.ask({ type: 'open', file: 'other', path: file });
    const comparison = (await this.ask({ type: 'compare', file: 'shown', other: 'other' })) as Comparison;
    const { others } = comparison;
    let from = 0;
    for (; others.length - from > pieces; from += pieces) {
      const rows = others.subarray(from, from + pieces);
      await this.post({ type: 'comparison', news: { kind: 'others', from, rows } });
    }
    await this.post({
      type: 'comparison',
      news: { kind: 'result', with: name, from, comparison: { ...comparison, others: others.subarray(from) } },
    });
  }

  /** Answers what was asked of a kind last, while it was {@link silent}. */
  answer(method: Method): void {
    const last = this.asked(method).at(-1);
    if (last === undefined) throw new Error(`No ${method} were asked for.`);
    this.receive(last);
  }

  async post(message: Told): Promise<void> {
    await this.view.page.evaluate((wired) => window.latentTest.send(wired), wired(message));
    await this.view.settle();
  }

  /** Names in the table as they stand now, folded groups included. */
  names(): Promise<string[]> {
    return this.view.page.locator('.sizer .row .label').allTextContents();
  }

  row(name: string) {
    const label = this.view.page.locator('.label', { hasText: name });
    return this.view.page.locator('.sizer .row').filter({ has: label });
  }

  close(): void {
    this.server.handle({ type: 'close', file: 'shown' });
    this.server.handle({ type: 'close', file: 'other' });
  }

  /** The requests so far: those of one kind, or all. */
  asked(method?: Method) {
    return this.said.flatMap((said) =>
      said.type === 'request' && (method === undefined || said.method === method) ? [said] : [],
    );
  }

  private receive(message: Said): void {
    this.said.push(message);
    if (message.type !== 'request' || this.silent) return;
    const { id, method, parameters } = message;
    if (this.listed !== undefined) {
      if (method !== 'rows') return;
      const table = rowsFrom(this.listed, parameters.from);
      this.largest = Math.max(this.largest, table.length);
      void this.tell({ type: 'answer', id, value: { table } });
      return;
    }
    // One run of one checkpoint: the norm of a tensor at its own step.
    const question = { type: method, ...parameters, ...(method === 'norms' && { others: [] }) };
    this.ask({ ...question, file: 'shown' }).then(
      (value) => this.tell({ type: 'answer', id, value } as Told),
      (error: unknown) => this.tell({ type: 'failure', id, code: 'failed', message: String(error) }),
    );
  }

  /** The page may be closed by then. */
  private async tell(message: Told): Promise<void> {
    await this.post(message).catch((error: unknown) => {
      if (!this.view.page.isClosed()) throw error;
    });
  }

  private ask(question: object): Promise<unknown> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, (message) => {
        if (message.type === 'answer') resolve(message.value);
        if (message.type === 'failure') reject(new Error(message.message));
      });
      this.server.handle({ ...question, id } as Parameters<TensorServer['handle']>[0]);
    });
  }

  private settle(message: TensorMessage): void {
    if (message.type !== 'pong') this.waiting.get(message.id)?.(message);
  }
}

/** As VS Code sends it: JSON, but for typed arrays, which the page makes again of what stands for them here. */
function wired(value: unknown): unknown {
  if (value instanceof Uint8Array) return { u8: Buffer.from(value).toString('base64') };
  if (value instanceof Float64Array) return { f64: numbers(value) };
  if (value instanceof Float32Array) return { f32: numbers(value) };
  if (Array.isArray(value)) return value.map(wired);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, wired(part)]));
}

/** JSON has no NaN and no infinity. */
function numbers(array: Float32Array | Float64Array): (number | string)[] {
  return Array.from(array, (value) => (Number.isFinite(value) ? value : String(value)));
}

export function ownCheckpoint(change: Partial<OwnCheckpoint> = {}): OwnCheckpoint {
  return {
    title: 'VAE · MNIST',
    step: 4690,
    epoch: 10,
    seed: 0,
    requested: false,
    headline: { label: '−ELBO', value: 105.2 },
    metrics: [
      ['test/negative_elbo', 105.2],
      ['test/kl', 25.4],
      ['latent/kl/00', 1],
      ['test/broken', 'NaN'],
      ['latent/active_units', 20],
    ],
    specification: '{\n  "model": { "family": "vae" }\n}',
    run: 'vae-mnist-001',
    siblings: 3,
    intents: ['sample', 'evaluate', 'quality', 'resume', 'explore', 'openRun'],
    ...change,
  };
}
