import { plural } from '../common/plural';
import path from 'node:path';
import { csvLine, shortFloat } from '../common/csv';
import { encodeNpz, type NpyArray } from '../formats/npy';
import type { ControlClient } from '../process/client';
import type { LatentSet } from '../protocol/latent';
import { MOST_ENCODED } from '../protocol/latentLimits';
import { exampleNoun } from '../protocol/dataShape';
import { inspecting } from './commands';
import { EXIT } from './exit';
import type { Output } from './output';
import { writeOut } from './outFile';
import { checkOut } from './targets';
import { UsageError } from './usageError';

export interface EncodeOptions {
  readonly out?: string;
  readonly set: string;
}

/** Latents of a whole data set: [count, latent] each. */
interface Encoded {
  /** The noun for an example: "image", "point". */
  readonly noun: string;
  readonly step: number;
  readonly count: number;
  readonly latent: number;
  readonly means: Float32Array;
  readonly logVariances?: Float32Array;
  readonly labels?: Uint8Array;
}

/** `encode CHECKPOINT --out FILE.npz|FILE.csv`: the latents of the test set (or `--set train`) and its labels. */
export async function encode(target: string, { out, set }: EncodeOptions, output: Output): Promise<number> {
  if (set !== 'test' && set !== 'train') throw new UsageError(`The set is "test" or "train"; there is no "${set}".`);
  const write = out === undefined ? undefined : writers[path.extname(out).toLowerCase()];
  if (out === undefined || write === undefined) {
    throw new UsageError('Say where the latents should go: --out FILE.npz (for NumPy), or --out FILE.csv');
  }
  await checkOut(out);
  return inspecting(target, async (client) => {
    const encoded = await encodeAll(client, set, (done, total, noun) =>
      output.stage({ event: 'progress', done, total }, `encoded ${done} of ${plural(total, noun)}`),
    );
    await writeOut(out, write(encoded));
    const { step, count, latent } = encoded;
    const document = { step, set, count, latent, out: path.resolve(out) };
    output.result(
      document,
      `${plural(count, 'latent')} of ${plural(latent, 'dimension')}, of step ${step} and the ${set} set: ${out}`,
    );
    return EXIT.done;
  });
}

async function encodeAll(
  client: ControlClient,
  set: LatentSet,
  onProgress: (done: number, total: number, noun: string) => void,
): Promise<Encoded> {
  const { value: described } = await client.request('describe', {});
  const noun = exampleNoun(described.capabilities.data);
  const total = described.sets[set];
  const parts: { readonly means: Float32Array; readonly logVariances?: Float32Array }[] = [];
  let [step, latent, done] = [described.step, 0, 0];
  while (done < total) {
    const { value, body } = await client.request('encode', { set, from: done, count: MOST_ENCODED });
    const numbers = new Float32Array(new Uint8Array(body).buffer);
    const size = value.count * value.latent;
    parts.push({
      means: numbers.subarray(0, size),
      logVariances: value.variance ? numbers.subarray(size, 2 * size) : undefined,
    });
    ({ step, latent } = value);
    done += value.count;
    onProgress(done, total, noun);
  }
  const join = (chunks: readonly (Float32Array | undefined)[]) => {
    const whole = new Float32Array(total * latent);
    let at = 0;
    for (const chunk of chunks) {
      if (chunk !== undefined) whole.set(chunk, at);
      at += chunk?.length ?? 0;
    }
    return whole;
  };
  const gaussian = parts.every(({ logVariances }) => logVariances !== undefined);
  return {
    noun,
    step,
    count: total,
    latent,
    means: join(parts.map(({ means }) => means)),
    logVariances: gaussian ? join(parts.map(({ logVariances }) => logVariances)) : undefined,
    labels: described.classes === null ? undefined : new Uint8Array((await client.request('labels', { set })).body),
  };
}

/** Writers by file name extension. */
const writers: Readonly<Record<string, (encoded: Encoded) => Iterable<Uint8Array | string>>> = {
  '.npz': ({ means, logVariances, labels, count, latent, step }) => {
    const arrays = new Map<string, NpyArray>([['mean', { shape: [count, latent], data: means }]]);
    if (logVariances !== undefined) arrays.set('log_variance', { shape: [count, latent], data: logVariances });
    if (labels !== undefined) arrays.set('label', { shape: [count], data: labels });
    arrays.set('step', { shape: [1], data: Int32Array.of(step) });
    return encodeNpz(arrays);
  },
  '.csv': csvLines,
};

function* csvLines({ noun, means, logVariances, labels, count, latent }: Encoded): Generator<string> {
  // The same names as in the tables of the latent explorer.
  const columns = (name: string) => Array.from({ length: latent }, (_, j) => `${name}${j + 1}`);
  const head = [noun, ...(labels ? ['label'] : []), ...columns('z')];
  yield csvLine([...head, ...(logVariances ? columns('log_variance') : [])]);
  const row = (of: Float32Array, i: number) => Array.from(of.subarray(i * latent, (i + 1) * latent), shortFloat);
  for (let i = 0; i < count; i++) {
    const label = labels ? [labels[i]!] : [];
    yield csvLine([i, ...label, ...row(means, i), ...(logVariances ? row(logVariances, i) : [])]);
  }
}
