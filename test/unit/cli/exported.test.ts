import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { exportImages } from '../../../src/cli/exportImages';
import { exportScalars } from '../../../src/cli/exportScalars';
import { Output } from '../../../src/cli/output';
import { encodePng } from '../../../src/formats/png';
import type { WritableEvent } from '../../../src/formats/tfevents';
import { encodeAll, scalarEvent } from '../formats/tfevents/events';
import { temporaryFolder } from '../runs/support/runs';
import { requirePeers, runPeer } from '../support/python';

const FILE = 'events.out.tfevents.1700000000.host.1.0';

/** A folder of event files, as another program leaves it. */
async function logged(folder: string, events: readonly WritableEvent[], torn = 0): Promise<void> {
  await mkdir(folder, { recursive: true });
  const bytes = encodeAll([{ wallTime: 999, step: 0, kind: 'fileVersion', version: 'brain.Event:2' }, ...events]);
  await writeFile(path.join(folder, FILE), bytes.subarray(0, bytes.length - torn));
}

function captured() {
  const said = { out: '', error: '' };
  const sink = (to: keyof typeof said) => ({ write: (text: string) => ((said[to] += text), true) });
  return { said, output: new Output(true, sink('out') as never, sink('error') as never) };
}

const VALUES = [0.1, -1e30, NaN, Infinity, -Infinity, 1 / 3, 7];
const scalars = (tag: string) => VALUES.map((value, step) => scalarEvent(step, value, tag));

interface Point {
  readonly step: number;
  readonly wall: number;
  readonly value: number | string;
}

it('exports what TensorBoard reads, value for value', async (context) => {
  const python = requirePeers(context);
  const folder = await temporaryFolder();
  const runs = path.join(folder, 'runs');
  for (const name of ['one', 'two']) await logged(path.join(runs, name), [...scalars('loss'), ...scalars('lr,"x"')]);
  const out = path.join(folder, 'all.json');
  await exportScalars([runs], { runs, out }, captured().output);
  const rows = JSON.parse(await readFile(out, 'utf8')) as Record<string, number | string>[];
  expect(rows).toHaveLength(4 * VALUES.length);
  for (const run of ['one', 'two']) {
    const read = (await runPeer(python, 'read_events.py', path.join(runs, run), 'accumulator')) as {
      scalars: Record<string, Point[]>;
    };
    expect(Object.keys(read.scalars).sort()).toEqual(['loss', 'lr,"x"']);
    for (const [tag, points] of Object.entries(read.scalars)) {
      const spelled = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' } as Record<string, string>;
      const expected = points.map(({ step, wall, value }) => ({
        ...{ run, tag, step, wall_time: wall },
        value: typeof value === 'string' ? spelled[value] : value,
      }));
      expect(rows.filter((row) => row['run'] === run && row['tag'] === tag)).toEqual(expected);
    }
  }
});

it('writes a table that holds the same, of the tags that were asked for', async () => {
  const folder = await temporaryFolder();
  await logged(path.join(folder, 'one'), [...scalars('train/loss'), ...scalars('test/loss')]);
  const out = path.join(folder, 'one.csv');
  const { said, output } = captured();
  await exportScalars(['one'], { runs: folder, out, tags: '^train/' }, output);
  const lines = (await readFile(out, 'utf8')).split('\r\n');
  expect(lines[0]).toBe('run,tag,step,wall_time,value');
  const read = lines.slice(1, -1).map((line) => line.split(','));
  expect(read.map((cells) => [cells[1], Number(cells[4])])).toEqual(
    VALUES.map((value) => ['train/loss', Math.fround(value)]),
  );
  expect(JSON.parse(said.out)).toMatchObject({ scalars: VALUES.length, series: 1 });
});

it('tells runs of one name apart, follows a link that is named, and says what it leaves out', async () => {
  const folder = await temporaryFolder();
  for (const each of ['a', 'b']) await logged(path.join(folder, each, 'one'), scalars('loss'));
  await symlink(path.join(folder, 'a', 'one'), path.join(folder, 'latest'));
  const out = path.join(folder, 'all.json');
  const { said, output } = captured();
  await exportScalars(['a/one', 'b/one', 'latest'], { runs: folder, out }, output);
  const rows = JSON.parse(await readFile(out, 'utf8')) as { run: string }[];
  expect(rows).toHaveLength(2 * VALUES.length);
  expect(new Set(rows.map(({ run }) => run))).toEqual(
    new Set(['a', 'b'].map((each) => path.join(folder, each, 'one'))),
  );
  await mkdir(path.join(folder, 'a', 'broken'));
  await writeFile(path.join(folder, 'a', 'broken', 'run.json'), '{');
  await exportScalars([path.join(folder, 'a')], { runs: folder, out }, output);
  expect(said.error).toMatch(/broken is left out: /);
});

it('exports the rest of a torn log, and says what is missing', async () => {
  const folder = await temporaryFolder();
  const events = scalars('loss');
  await logged(path.join(folder, 'one'), events);
  const whole = await readFile(path.join(folder, 'one', FILE));
  whole[whole.length - 60]! ^= 0xff;
  await writeFile(path.join(folder, 'one', FILE), whole);
  const out = path.join(folder, 'one.json');
  const { said, output } = captured();
  await exportScalars([path.join(folder, 'one')], { runs: folder, out }, output);
  expect((JSON.parse(await readFile(out, 'utf8')) as unknown[]).length).toBeLessThan(VALUES.length);
  expect(said.error).toMatch(/one: .*record at byte \d+/);
});

it.each([
  [['nothing'], 'x.csv', /There is no run "nothing"/],
  [['empty'], 'x.csv', /no event files/],
  [['empty'], 'x.xlsx', /FILE\.csv or --out FILE\.json/],
  [['empty'], undefined, /Say where/],
])('refuses %j to %s', async (targets, out, message) => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'empty'));
  const options = { runs: folder, out: out && path.join(folder, out) };
  await expect(exportScalars(targets, options, captured().output)).rejects.toThrow(message);
});

it('writes images as they were logged, in folders that tags cannot leave', async () => {
  const folder = await temporaryFolder();
  const png = encodePng({ width: 2, height: 2, channels: 1, data: Uint8Array.of(0, 90, 180, 255) });
  const image = (tag: string, step: number): WritableEvent => ({
    ...{ wallTime: 1, step, kind: 'summary' },
    values: [{ kind: 'image', tag, width: 2, height: 2, colorspace: 1, bytes: png, mime: 'image/png' }],
  });
  await logged(path.join(folder, 'one'), [image('../../up', 0), image('up', 0), image('up', 120), ...scalars('loss')]);
  const out = path.join(folder, 'out', 'images');
  const options = { runs: folder, out };
  await exportImages('one', options, captured().output);
  const files = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.png')).sort();
  expect(files).toEqual(['up-2/step-000000000.png', 'up-2/step-000000120.png', 'up/step-000000000.png']);
  expect(new Uint8Array(await readFile(path.join(out, files[1]!)))).toEqual(png);
  await expect(exportImages('one', { ...options, tag: 'down' }, captured().output)).rejects.toThrow(
    'no images as down. Those that it has: ../../up, up',
  );
});
