import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { latentParameters } from '../../../../src/protocol/latent';
import { MOST_DECODED, MOST_ENCODED, MOST_IMAGES, MOST_REENCODED } from '../../../../src/protocol/latentLimits';
import { tableLines, tableOf } from '../../../../webview/latent/export/table';
import { floatBytes, floats } from '../../../../webview/latent/host/bytes';
import { Latest } from '../../../../webview/latent/host/latest';
import { fileName } from '../../../../webview/latent/host/latentHost';
import { latentsOf, rowsARequest, ROWS_A_REQUEST } from '../../../../webview/latent/model/encoding';
import { ImageStore } from '../../../../webview/latent/model/imageStore';
import { DECODED_A_REQUEST, REENCODED_A_REQUEST } from '../../../../webview/latent/model/model';
import { imagesOf, type Pixels } from '../../../../webview/latent/model/pixels';
import { PointSet } from '../../../../webview/latent/model/pointSet';
import { decodeRemembered, withRemembered } from '../../../../webview/latent/model/remembered';
import { Selection } from '../../../../webview/latent/model/selection';
import { Camera } from '../../../../webview/latent/points/camera';
import { allToPlane, frameOf, fromPlane, toPlane } from '../../../../webview/latent/projections/plane';
import { interpret } from '../../../../webview/latent/stage/search';
import { DEFAULT_DRAWS, MOST_DRAWS } from '../../../../webview/latent/maths/priorDraws';
import { brokenRows, vectors } from '../../../../webview/latent/maths/vectors';

const pixel = (value: number): Pixels => ({ height: 1, width: 1, channels: 1, data: Uint8Array.of(value) });

describe('requests', () => {
  it('ask for no more than the host allows', () => {
    expect(ROWS_A_REQUEST).toBeLessThanOrEqual(MOST_ENCODED);
    expect(rowsARequest({ latent: 2, variance: false })).toBe(ROWS_A_REQUEST);
    expect(rowsARequest({ latent: 20, variance: true })).toBe(1_000);
    expect(rowsARequest({ latent: 4_096, variance: true })).toBe(250);
    expect(DECODED_A_REQUEST).toBeLessThanOrEqual(MOST_DECODED);
    expect(REENCODED_A_REQUEST).toBeLessThanOrEqual(MOST_REENCODED);
    expect(latentParameters.images.safeParse({ set: 'test', rows: { from: 0, count: 2048 } }).success).toBe(true);
    expect(MOST_IMAGES).toBeGreaterThanOrEqual(2048);
  });

  it('carry numbers as bytes and back, aligned or not', () => {
    const bytes = floatBytes([
      [1, 2],
      [3, 4.5],
    ]);
    expect([...floats(bytes, 1, 3)]).toEqual([2, 3, 4.5]);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect([...floats(shifted.subarray(1), 0, 4)]).toEqual([1, 2, 3, 4.5]);
  });

  it('are not believed where an answer is shorter than it says, or its images are none', () => {
    const value = { step: 1, count: 2, latent: 2, variance: true };
    expect(() => latentsOf({ value, body: new Uint8Array(16) })).toThrow(RangeError);
    const shape = { count: 2, height: 2, width: 2, channels: 1 };
    expect(() => imagesOf(shape, new Uint8Array(7))).toThrow(RangeError);
    expect(() => imagesOf({ ...shape, channels: 2 }, new Uint8Array(16))).toThrow(RangeError);
    expect(() => imagesOf({ ...shape, height: 1e6, width: 1e6 }, new Uint8Array(8))).toThrow(RangeError);
    expect(imagesOf(shape, new Uint8Array(8)).length).toBe(2);
  });

  it('name files as the host accepts them', () => {
    expect(fileName('../test 7=cmd')).toBe('test-7-cmd');
    expect(fileName('***')).toBe('latents');
  });

  it('answer the newest wish only, and say when there is none left', async () => {
    const seen: number[] = [];
    const rested = vi.fn();
    let open: () => void = () => undefined;
    const newest = new Latest<number>(async (wish) => {
      seen.push(wish);
      await new Promise<void>((resolve) => (open = resolve));
    }, rested);
    for (const wish of [1, 2, 3]) newest.want(wish);
    open();
    await vi.waitFor(() => expect(seen).toEqual([1, 3]));
    expect(rested).not.toHaveBeenCalled();
    open();
    await vi.waitFor(() => expect(rested).toHaveBeenCalledWith(3));
    expect(newest.idle).toBe(true);
  });
});

describe('a set of points', () => {
  const sets = { test: 5, train: 7 };

  it('covers both data sets, the test set first, each image once', () => {
    const points = new PointSet('all', sets, 100);
    expect(points.count).toBe(12);
    expect([points.at(4), points.at(5), points.name(11)]).toEqual([
      { set: 'test', row: 4 },
      { set: 'train', row: 0 },
      'train 6',
    ]);
    expect(points.ranges(3, 12, 4)).toEqual([
      { set: 'test', row: 3, index: 3, count: 2 },
      { set: 'train', row: 0, index: 5, count: 4 },
      { set: 'train', row: 4, index: 9, count: 3 },
    ]);
  });

  it('is no larger than allowed', () => {
    expect(new PointSet('all', sets, 8).ranges(0, 99, 99).map(({ set, count }) => [set, count])).toEqual([
      ['test', 5],
      ['train', 3],
    ]);
    expect(new PointSet('train', sets, 3).count).toBe(3);
  });
});

describe('the images', () => {
  it('that are wanted come before those that are fetched in advance, and each once', async () => {
    const asked: number[] = [];
    let arrived = 0;
    const store = new ImageStore(
      10,
      400 * 1024,
      (begin, count) => {
        asked.push(begin);
        return Promise.resolve(Array.from({ length: count }, (_, i) => pixel(begin + i)));
      },
      () => arrived++,
    );
    store.prefetch();
    expect(store.get(9)).toBeUndefined();
    await vi.waitFor(() => expect(arrived).toBe(10));
    expect(asked.slice(0, 2)).toEqual([0, 9]);
    expect([...asked].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(store.get(7)?.data[0]).toBe(7);
  });

  it('that cannot be had are not asked for again', async () => {
    const ask = vi.fn(() => Promise.reject(new Error('gone')));
    const store = new ImageStore(1, 10, ask, () => undefined);
    store.get(0);
    await vi.waitFor(() => expect(ask).toHaveBeenCalled());
    await Promise.resolve();
    store.get(0);
    store.prefetch();
    await Promise.resolve();
    expect(ask).toHaveBeenCalledTimes(1);
  });
});

describe('an image', () => {
  it('that is waited for comes when its chunk does, or not at all where that cannot be had', async () => {
    const ask = (begin: number, count: number) =>
      begin === 3
        ? Promise.reject(new Error('gone'))
        : Promise.resolve(Array.from({ length: count }, (_, i) => pixel(begin + i)));
    const store = new ImageStore(200, 400 * 1024, ask, () => undefined);
    // More chunks than are remembered as wanted.
    const images = await Promise.all(Array.from({ length: 200 }, (_, i) => store.load(i)));
    expect(images.map((image) => image?.data[0])).toEqual(
      Array.from({ length: 200 }, (_, i) => (i === 3 ? undefined : i)),
    );
    expect(await store.load(3)).toBeUndefined();
    expect(await store.load(999)).toBeUndefined();
  });

  it('that has become another is asked for again, and the one on its way is not kept', async () => {
    const answers: ((images: Pixels[]) => void)[] = [];
    const store = new ImageStore(
      1,
      10,
      () => new Promise((resolve) => answers.push(resolve)),
      () => undefined,
    );
    store.prefetch();
    store.forget();
    const waiting = store.load(0);
    answers[0]!([pixel(1)]);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    expect(store.get(0)).toBeUndefined();
    answers[1]!([pixel(2)]);
    expect((await waiting)?.data[0]).toBe(2);
  });

  it('that is waited for is given up with its points', async () => {
    const store = new ImageStore(
      10,
      400 * 1024,
      () => new Promise<never>(() => undefined),
      () => undefined,
    );
    const waiting = store.load(4);
    store.dispose();
    expect(await waiting).toBeUndefined();
    expect(await store.load(5)).toBeUndefined();
  });
});

describe('latents', () => {
  it('that are no numbers are counted by their rows', () => {
    expect(brokenRows(vectors(Float32Array.from([1, 2, NaN, Infinity, 5, -Infinity, 7, 8]), 2))).toBe(2);
  });
});

describe('the selection', () => {
  it('is replaced, added to and taken from', () => {
    const selection = new Selection();
    selection.reset(10);
    selection.select([1, 2, 3]);
    selection.select([5, 99], 'add');
    selection.select([2], 'remove');
    expect(selection.indices).toEqual([1, 3, 5]);
    expect(selection.count).toBe(3);
  });

  it('shows a class alone, and all again', () => {
    const selection = new Selection();
    selection.isolateClass(1, 3);
    expect([0, 1, 2].map((label) => selection.isShown(label))).toEqual([false, true, false]);
    selection.isolateClass(1, 3);
    expect([0, 1, 2].every((label) => selection.isShown(label))).toBe(true);
  });
});

describe('a table of points', () => {
  const explored = {
    encoding: { first: 1, step: 1, latents: vectors(Float32Array.from([0.1, 2, 3, 4]), 2) },
    name: (index: number) => String(index),
    className: () => '=cmd()',
  };
  const positions = Float32Array.from([0, 0, 1.5, -2]);

  it('has inert cells', () => {
    expect([...tableLines(explored, [1], positions)]).toEqual([
      'image,label,x,y,z1,z2\r\n',
      "1,'=cmd(),1.5,-2,3,4\r\n",
    ]);
  });

  it('is made in parts, all of it, and refused where it would be too large', async () => {
    const indices = Array.from({ length: 1001 }, (_, i) => i % 2);
    const text = new TextDecoder().decode(await tableOf(explored, indices, positions));
    expect(text).toBe([...tableLines(explored, indices, positions)].join(''));
    await expect(tableOf(explored, indices, positions, 5_000)).rejects.toThrow('too large for the tab');
  });
});

describe('what was remembered', () => {
  it('comes back, beside what others keep in the state', () => {
    const remembered = {
      view: { kind: 'umap', dimensions: [3, 1] },
      set: 'all',
      step: 4690,
      draws: { count: 64, seed: 2 ** 32 - 1 },
      open: ['decode'],
    } as const;
    const state = withRemembered({ other: 1 }, 'abc', remembered);
    expect(state).toMatchObject({ other: 1, run: 'abc' });
    expect(decodeRemembered(JSON.parse(JSON.stringify(state)))).toEqual(remembered);
  });

  it.each([{ count: 0, seed: -1 }, { count: 1e9, seed: 0.5 }, { count: '5' }, 7])(
    'draws as many as are offered where it says %j',
    (draws) => {
      expect(decodeRemembered({ latent: { draws } }).draws).toEqual(DEFAULT_DRAWS);
    },
  );

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.anything(), (latent) => {
        const { view, set, step, draws } = decodeRemembered({ latent });
        expect(draws.count >= 1 && draws.count <= MOST_DRAWS && Number.isInteger(draws.seed)).toBe(true);
        expect(step === undefined || (Number.isSafeInteger(step) && step >= 0)).toBe(true);
        expect(['dimensions', 'pca', 'umap', 'tsne']).toContain(view.kind);
        expect(view.dimensions.every((each) => Number.isInteger(each) && each >= 0)).toBe(true);
        expect(['test', 'train', 'all']).toContain(set);
      }),
    );
  });
});

describe('a search', () => {
  it('means a class by its name, a point by its number', () => {
    const classes = ['0', '1', 'Ankle boot'];
    expect(interpret('1', classes, 100)).toEqual({ kind: 'class', label: 1 });
    expect(interpret('#1', classes, 100)).toEqual({ kind: 'point', index: 1 });
    const name = (index: number) => (index < 60 ? `test ${index}` : `train ${index - 60}`);
    expect(interpret('Train #12', classes, 100, name)).toEqual({ kind: 'point', index: 72 });
    expect(interpret('train 40', classes, 100, name)).toEqual({ kind: 'nothing' });
    expect(interpret(' 42 ', classes, 100)).toEqual({ kind: 'point', index: 42 });
    expect(interpret('ankle', classes, 100)).toEqual({ kind: 'class', label: 2 });
    for (const text of ['', '#100', '100', '-1', 'boot']) {
      expect(interpret(text, classes, 100)).toEqual({ kind: 'nothing' });
    }
  });
});

describe('the plane', () => {
  it('holds any positions in the square from −1 to 1, and leads back', () => {
    const coordinate = fc.float({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 50 }), (places) => {
        const positions = Float32Array.from(places.flat());
        const frame = frameOf(positions);
        for (const value of allToPlane(frame, positions)) expect(Math.abs(value)).toBeLessThanOrEqual(1.0001);
        const back = fromPlane(frame, toPlane(frame, { x: positions[0]!, y: positions[1]! }));
        expect(Math.abs(back.x - positions[0]!)).toBeLessThan(1e-6 * Math.max(1, frame.half));
      }),
    );
  });

  it('is not spoiled by positions that are not finite', () => {
    const positions = Float32Array.from([NaN, 1, 0, 0, 2, 2]);
    expect(frameOf(positions)).toEqual({ x: 1, y: 1, half: 1 });
    expect(allToPlane(frameOf(positions), positions)[0]).toBe(1e6);
    expect(frameOf(new Float32Array(0))).toEqual({ x: 0, y: 0, half: 1 });
  });

  it('stays under the pointer while it is enlarged', () => {
    const camera = new Camera();
    camera.resize(800, 600);
    const at = { x: 120, y: 430 };
    const before = camera.toPlane(at);
    camera.zoomBy(3, at);
    camera.pan(10, 5);
    const after = camera.toScreen(before);
    expect([after.x, after.y]).toEqual([expect.closeTo(130, 9), expect.closeTo(435, 9)]);
    camera.zoomBy(1e9, at);
    expect(camera.zoom).toBeLessThan(1e5);
    camera.fit();
    expect(camera.toScreen({ x: 0, y: 0 })).toEqual(camera.middle);
  });
});
