/** What the page of the benchmark gets: vectors as base64 of float32, and how many numbers one has. */
export interface BenchVectors {
  readonly base64: string;
  readonly count: number;
  readonly dimensions: number;
}

/** Runs in the page before the explorer: a host that answers at once, so that only the page's own time is measured. */
export function answerAtOnce({ base64, count, dimensions }: BenchVectors): void {
  const SIDE = 28;
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  /** As src/protocol/packing.ts has it of a message that has at most one array, `body`. */
  const post = ({ body, ...rest }: { readonly body?: Uint8Array; readonly [key: string]: unknown }) => {
    const size = body?.length ?? 0;
    const data = { ...rest, ...(body && { body: { $array: ['u8', 0, size] } }) };
    window.postMessage({ packed: 1, data, size, buffer: body?.slice().buffer ?? new ArrayBuffer(0) }, '*');
  };
  const pictures = (number: number, of: (image: number) => number) => {
    const body = new Uint8Array(number * SIDE * SIDE);
    for (let i = 0; i < number; i++) body.fill(of(i), i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
    return { value: { count: number, height: SIDE, width: SIDE, channels: 1, step: 1 }, body };
  };
  interface Asked {
    readonly from: number;
    readonly count: number;
    readonly rows: { readonly from: number; readonly count: number };
  }
  const answers: Readonly<Record<string, (parameters: Asked) => { value: unknown; body: Uint8Array }>> = {
    describe: () => ({
      value: {
        step: 1,
        epoch: 1,
        family: 'vae',
        title: 'VAE',
        imageShape: [SIDE, SIDE, 1],
        classes: Array.from({ length: 10 }, (_, i) => String(i)),
        sets: { test: count, train: 0 },
        capabilities: {
          ...{ sampling: 'once', likelihood: 'importance', classes: 0 },
          latent: { size: dimensions, prior: 'normal', encodes: 'point', decodes: true },
        },
        parameters: 1,
      },
      body: new Uint8Array(0),
    }),
    encode: (asked) => ({
      value: { step: 1, count: asked.count, latent: dimensions, variance: false },
      body: bytes.slice(4 * asked.from * dimensions, 4 * (asked.from + asked.count) * dimensions),
    }),
    images: ({ rows }) => pictures(rows.count, (i) => (rows.from + i) % 256),
    labels: () => ({ value: { count }, body: Uint8Array.from({ length: count }, (_, i) => i % 10) }),
    decode: (asked) => pictures(asked.count, () => 128),
    encodeImages: (asked) => ({
      value: { step: 1, count: asked.count, latent: dimensions, variance: false },
      body: new Uint8Array(4 * asked.count * dimensions),
    }),
  };
  const receive = (message: { type: string; id: number; method: string; parameters: Asked }) => {
    if (message.type === 'ready') {
      const state = { kind: 'ready', live: false };
      post({ type: 'source', source: { name: 'vectors', key: 'a', state, checkpoints: [] } });
    }
    const answer = message.type === 'request' ? answers[message.method]?.(message.parameters) : undefined;
    if (answer) post({ type: 'answer', id: message.id, ...answer });
  };
  (window as unknown as { acquireVsCodeApi: () => unknown }).acquireVsCodeApi = () => ({
    postMessage: receive,
    getState: () => undefined,
    setState: () => undefined,
  });
}
