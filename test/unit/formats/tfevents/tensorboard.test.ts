import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encodePng } from '../../../../src/formats/png';
import { FILE_VERSION, histogramOf, TENSOR_PLUGIN, type WritableEvent } from '../../../../src/formats/tfevents';
import { requirePeers, runPeer } from '../../support/python';
import { decodeAll, encodeAll, scalarEvent } from './events';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latent-tfevents-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Plain = number | string | Plain[];
const plain: z.ZodType<Plain> = z.lazy(() => z.union([z.number(), z.string(), z.array(plain)]));
const point = z.object({ step: z.number(), wall: z.number(), value: plain });
/** plugin → tag → points */
const readingSchema = z.record(z.string(), z.record(z.string(), z.array(point)));

/** What TensorBoard's readers find in log files with these events, by reader. */
async function readByTensorBoard(python: string, name: string, ...files: WritableEvent[][]) {
  const run = path.join(folder, name, 'run');
  await mkdir(run, { recursive: true });
  for (const [index, events] of files.entries()) {
    await writeFile(path.join(run, `events.out.tfevents.${1700000000 + index}.host.1.${index}`), encodeAll(events));
  }
  const read = async (reader: string, at: string) =>
    readingSchema.parse(await runPeer(python, 'read_events.py', at, reader));
  return {
    python: await read('python', run),
    accumulator: await read('accumulator', run),
    // The data server takes the folder of all runs.
    rust: await read('rust', path.dirname(run)),
  };
}

const start = (step: number): WritableEvent[] => [
  { wallTime: 999, step: 0, kind: 'fileVersion', version: FILE_VERSION },
  { wallTime: 999, step, kind: 'sessionStart' },
];
const base64 = (data: Uint8Array | string) => Buffer.from(data).toString('base64');
const asJson = (value: number) =>
  Number.isFinite(value) ? value : Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';

describe('TensorBoard reads what we write', () => {
  it('every scalar, with equal step, time and value', async (context) => {
    const python = requirePeers(context);
    const values = [0, 1 / 3, -1e30, 1e-40, NaN, Infinity, -Infinity, 104.25];
    const events = [...start(0)];
    for (let step = 0; step < 2000; step++) {
      events.push(scalarEvent(step, values[step] ?? Math.sin(step) * step, 'train/negative_elbo'));
      if (step % 7 === 0) events.push(scalarEvent(step, step, 'latent/kl/07'));
    }
    const expected = (name: string) =>
      events.flatMap((event) =>
        event.kind !== 'summary'
          ? []
          : event.values.flatMap((value) =>
              value.kind === 'scalar' && value.tag === name
                ? [{ step: event.step, wall: event.wallTime, value: asJson(Math.fround(value.value)) }]
                : [],
            ),
      );
    const readings = await readByTensorBoard(python, 'scalars', events);
    for (const [reader, { scalars }] of Object.entries(readings)) {
      expect(Object.keys(scalars!).sort(), reader).toEqual(['latent/kl/07', 'train/negative_elbo']);
      for (const tag of Object.keys(scalars!)) expect(scalars![tag], `${reader}: ${tag}`).toEqual(expected(tag));
    }
  });

  it('every image, byte for byte', async (context) => {
    const python = requirePeers(context);
    const images = [1, 3].map((channels) => {
      const data = Uint8Array.from({ length: 30 * 20 * channels }, (_, i) => i * 7);
      return encodePng({ width: 30, height: 20, channels: channels as 1 | 3, data });
    });
    const readings = await readByTensorBoard(python, 'images', [
      ...start(0),
      ...images.map((bytes, index): WritableEvent => {
        const size = { width: 30, height: 20, colorspace: 1 + 2 * index, bytes, mime: 'image/png' as const };
        return {
          wallTime: 5,
          step: index * 100,
          kind: 'summary',
          values: [{ kind: 'image', tag: 'samples', ...size }],
        };
      }),
    ]);
    const expected = (width: Plain, height: Plain) =>
      images.map((bytes, index) => ({ step: index * 100, wall: 5, value: [width, height, base64(bytes)] }));
    expect(readings.python.images).toEqual({ samples: expected(base64('30'), base64('20')) });
    expect(readings.rust.images).toEqual({ samples: expected(base64('30'), base64('20')) });
    expect(readings.accumulator.images).toEqual({ samples: expected(30, 20) });
  });

  it('every bucket of a histogram', async (context) => {
    const python = requirePeers(context);
    const samples: Record<string, Float32Array> = {
      spread: Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i * i) / 3),
      gaps: Float32Array.of(-5, -5, 100, 0.1),
      constant: new Float32Array(12).fill(0.1),
      single: Float32Array.of(-7),
      empty: new Float32Array(0),
    };
    const histograms = Object.entries(samples).map(([tag, values]) => ({ tag, ...histogramOf(values) }));
    const readings = await readByTensorBoard(python, 'histograms', [
      ...start(0),
      ...histograms.map((histogram): WritableEvent => {
        return { wallTime: 5, step: 3, kind: 'summary', values: [{ kind: 'histogram', ...histogram }] };
      }),
    ]);
    for (const { tag, limits, counts, min, max, count, sum, sumSquares } of histograms) {
      const buckets = [...counts].map((n, i) => [limits[i]!, limits[i + 1]!, n]);
      for (const reader of ['python', 'rust'] as const) {
        expect(readings[reader].histograms?.[tag], `${reader}: ${tag}`).toEqual([{ step: 3, wall: 5, value: buckets }]);
      }
      const raw = [min, max, count, sum, sumSquares, [...limits.subarray(1)], [...counts]];
      expect(readings.accumulator.histograms?.[tag]?.[0]?.value, tag).toEqual(raw);
    }
  });

  it('text, as text', async (context) => {
    const python = requirePeers(context);
    const values = [{ kind: 'text', tag: 'note', text: 'Grüße, <b>x</b>' }] as const;
    const { python: reading, rust } = await readByTensorBoard(python, 'text', [
      ...start(0),
      { wallTime: 5, step: 3, kind: 'summary', values },
    ]);
    const expected = { note: [{ step: 3, wall: 5, value: base64('Grüße, <b>x</b>') }] };
    expect(reading.text).toEqual(expected);
    expect(rust.text).toEqual(expected);
  });

  it('every tensor, with its shape', async (context) => {
    const python = requirePeers(context);
    const tensors = [
      { tag: 'plane/data', shape: [3, 2], values: Float32Array.of(0, 1 / 3, -1e30, 1e-40, -0, 104.25) },
      { tag: 'grid', shape: [2, 1, 2], values: Float32Array.of(NaN, Infinity, -Infinity, 1) },
      { tag: 'scalar', shape: [], values: Float32Array.of(7) },
      { tag: 'empty', shape: [0, 2], values: new Float32Array(0) },
    ];
    const events = tensors.map((tensor): WritableEvent => {
      return { wallTime: 5, step: 3, kind: 'summary', values: [{ kind: 'tensor', plugin: TENSOR_PLUGIN, ...tensor }] };
    });
    const nested = (shape: readonly number[], values: readonly number[]): Plain => {
      if (shape.length === 0) return asJson(values[0]!);
      const [size = 0, ...rest] = shape;
      const each = values.length / (size || 1);
      return Array.from({ length: size }, (_, i) => nested(rest, values.slice(i * each, (i + 1) * each)));
    };
    const expected = Object.fromEntries(
      tensors.map(({ tag, shape, values }) => [tag, [{ step: 3, wall: 5, value: nested(shape, [...values]) }]]),
    );
    const readings = await readByTensorBoard(python, 'tensors', [...start(0), ...events]);
    expect(readings.python[TENSOR_PLUGIN]).toEqual(expected);
    expect(readings.rust[TENSOR_PLUGIN]).toEqual(expected);
  });

  it('a resumed log as an undisturbed one', async (context) => {
    const python = requirePeers(context);
    const scalars = (from: number, to: number, sign: number) =>
      Array.from({ length: to - from }, (_, i) => scalarEvent(from + i, sign * (from + i)));
    // Killed after step 79; the newest checkpoint is of step 50, whose values are logged already.
    const first = [...start(0), ...scalars(1, 80, -1)];
    const second = [...start(51), ...scalars(51, 101, 1)];
    const expected = Array.from({ length: 100 }, (_, i) => ({
      step: i + 1,
      wall: 1001 + i,
      value: i + 1 <= 50 ? -(i + 1) : i + 1,
    }));
    const readings = await readByTensorBoard(python, 'resumed', first, second);
    for (const [reader, { scalars: found }] of Object.entries(readings)) {
      expect(found, reader).toEqual({ loss: expected });
    }
  });
});

const writtenSchema = z.record(z.string(), z.object({ file: z.string(), expected: z.unknown() }));

describe('we read what TensorBoard’s writers write', () => {
  const written = async (python: string) => {
    const target = await mkdtemp(path.join(folder, 'written-'));
    const result = writtenSchema.parse(await runPeer(python, 'write_events.py', target));
    return async (kind: string) => {
      const { file, expected } = result[kind]!;
      const { events, decoder } = decodeAll(await readFile(path.join(target, file)));
      expect(decoder.problems).toEqual([]);
      expect(events[0]).toMatchObject({ kind: 'fileVersion', version: FILE_VERSION });
      const points = events.flatMap((event) =>
        event.kind === 'summary'
          ? event.values.map((value) => ({ step: event.step, wallTime: event.wallTime, ...value }))
          : [],
      );
      const of = (tag: string) => points.filter((each) => each.tag === tag);
      const scalarsOf = (tag: string) =>
        of(tag).map((each) => [each.step, each.kind === 'scalar' ? asJson(each.value) : each.kind]);
      return { events, expected, of, scalarsOf };
    };
  };

  it('scalars, images, histograms and texts of the newer style', async (context) => {
    const { expected: json, of, scalarsOf, events } = await (await written(requirePeers(context)))('new');
    const buckets = z.array(z.tuple([z.number(), z.number(), z.number()]));
    const expected = z
      .object({
        loss: z.unknown(),
        weights: z.object({ buckets, sample: z.array(z.number()) }),
        bias: buckets,
        png: z.string(),
        jpeg: z.string(),
      })
      .parse(json);
    expect(scalarsOf('loss')).toEqual(expected.loss);
    expect(of('loss')[1]).toMatchObject({ description: 'what is minimized', wallTime: 1000.25 });
    expect(of('one')).toMatchObject([{ kind: 'image', width: 1, height: 1, mime: 'image/png' }]);
    expect(
      ['one', 'two/0', 'two/1'].map((tag) => of(tag)[0]).map((v) => v?.kind === 'image' && base64(v.bytes)),
    ).toEqual([expected.png, expected.png, expected.jpeg]);
    expect(of('two/1')).toMatchObject([{ width: 2, height: 3, mime: 'image/jpeg' }]);
    expect(of('note')).toMatchObject([{ kind: 'text', text: 'Grüße, <b>TensorBoard</b>' }]);
    for (const [tag, rows] of [
      ['weights', expected.weights.buckets],
      ['bias', expected.bias],
    ] as const) {
      const [value] = of(tag);
      if (value?.kind !== 'histogram') throw new Error(`${tag} is ${value?.kind}`);
      expect([...value.counts]).toEqual(rows.map(([, , count]) => count));
      expect([...value.limits]).toEqual([rows[0]![0], ...rows.map(([, right]) => right)]);
      expect(value.count).toBe(rows.reduce((total, [, , count]) => total + count, 0));
    }
    expect(of('nothing')).toMatchObject([{ kind: 'histogram', count: 0 }]);
    expect(events.filter(({ kind }) => kind === 'other').length).toBe(1);
    // Our own buckets of the same values, up to the rounding of our limits.
    const ours = histogramOf(expected.weights.sample);
    expect([...ours.counts]).toEqual(expected.weights.buckets.map(([, , count]) => count));
    expected.weights.buckets.forEach(([left], i) => expect(ours.limits[i]).toBeCloseTo(left, 5));
  });

  it('scalars, images and histograms of the older style, and restarts', async (context) => {
    const { expected, of, scalarsOf, events } = await (await written(requirePeers(context)))('old');
    expect({ loss: scalarsOf('loss') }).toEqual(expected);
    expect(of('sample/image/0')).toMatchObject([
      { kind: 'image', width: 1, height: 1, colorspace: 1, mime: 'image/png' },
    ]);
    expect(of('weights')).toMatchObject([
      {
        kind: 'histogram',
        limits: Float64Array.of(-1.5, -1, 0.5, 2, 2.5),
        counts: Float64Array.of(2, 1, 2, 1),
        count: 6,
        sum: 4.5,
        sumSquares: 11.25,
      },
    ]);
    expect(events.filter(({ kind }) => kind === 'sessionStart')).toMatchObject([{ step: 10 }]);
  });

  it('scalars of every type of tensor', async (context) => {
    const { expected: json, scalarsOf } = await (await written(requirePeers(context)))('types');
    const expected = z.record(z.string(), z.number()).parse(json);
    expect(Object.keys(expected).length).toBeGreaterThan(28);
    for (const [tag, value] of Object.entries(expected)) expect(scalarsOf(tag), tag).toEqual([[0, value]]);
  });

  it('the log of TensorBoard’s own writer class', async (context) => {
    const { expected, scalarsOf, of } = await (await written(requirePeers(context)))('writer');
    expect(scalarsOf('loss')).toEqual(expected);
    expect(of('loss')[3]?.wallTime).toBe(2003.5);
  });
});
