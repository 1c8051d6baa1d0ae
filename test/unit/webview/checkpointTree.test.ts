import { describe, expect, it } from 'vitest';
import { formatBytes, formatName, formatShare, formatShort } from '../../../webview/checkpoint/format';
import { ShownFile } from '../../../webview/checkpoint/model/file';
import { linesOf } from '../../../webview/checkpoint/model/lines';
import { decodeState, encodeState, isRemembered } from '../../../webview/checkpoint/model/state';
import { TensorTree } from '../../../webview/checkpoint/model/tree';

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const row = (name: string) => ({ name, type: 'F32', shape: [2], elements: 2, bytes: 8 });
const tree = (names: string[]) => new TensorTree(names.map(row));
const drawn = (names: string[], collapsed: string[] = []) =>
  tree(names)
    .lines(new Set(collapsed))
    .map(({ label, depth, group }) => `${'  '.repeat(depth)}${group ? '▾ ' : ''}${label}`);

describe('the tree of tensors', () => {
  it('groups names that begin alike, in natural order; two are no group', () => {
    expect(drawn(['b.10.w', 'b.2.w', 'b.2.b', 'b.2.c', 'a.w', 'a.b', 'c'])).toEqual([
      'a.b',
      'a.w',
      '▾ b',
      '  ▾ 2',
      '    b',
      '    c',
      '    w',
      '  10.w',
      'c',
    ]);
  });

  it('has the layers of Keras in their order, however their names are told apart', () => {
    expect(drawn(['dense_1/w', 'dense_10/w', 'dense/w', 'dense_2/w', 'a.b', 'a-b.c', 'a_b.c', 'a'])).toEqual([
      ...['a', 'a.b', 'a_b.c', 'a-b.c', 'dense/w', 'dense_1/w', 'dense_2/w', 'dense_10/w'],
    ]);
  });

  it('makes one line of groups within each other that hold nothing else', () => {
    expect(drawn(['model/layers/a', 'model/layers/b', 'model/layers/c'])).toEqual([
      '▾ model/layers',
      '  a',
      '  b',
      '  c',
    ]);
  });

  it('hides what is folded, and says how much that is', () => {
    const names = ['a.x', 'a.y', 'a.z', 'b'];
    expect(drawn(names, ['a.'])).toEqual(['▾ a', 'b']);
    const [group] = tree(names).lines(new Set());
    expect(group?.group).toEqual({ path: 'a.', tensors: 3, parameters: 6, bytes: 24 });
    expect(tree(names).groups(0)).toEqual(['a.']);
    expect(tree(names).groups(1)).toEqual([]);
  });

  it('loses no tensor, whatever its name is', () => {
    const names = [
      '',
      '.',
      '..',
      '/',
      'a.',
      '.a',
      'a..b',
      `${'x.'.repeat(500)}y`,
      '__proto__.a',
      'constructor',
      'a./b',
    ];
    const indices = tree(names)
      .lines(new Set())
      .flatMap(({ index }) => index ?? []);
    expect(indices.sort((a, b) => a - b)).toEqual(names.map((_, i) => i));
  });
});

describe('the table', () => {
  const shown = (names: string[]) =>
    new ShownFile({ summary: { tensors: names.length, table: json(names.map(row)) } } as never);

  it('puts equals in the natural order of their names, also those that only another file has', () => {
    const file = shown(['w.10', 'w.9', 'a']);
    const names = () =>
      linesOf(file, { ...decodeState(undefined).table, sort: 'bytes' }).map(({ index }) => file.rows[index!]!.name);
    expect(names()).toEqual(['a', 'w.9', 'w.10']);
    file.compare({
      ...{ what: Uint8Array.of(0, 0, 0, 3), relative: new Float64Array(4), largest: new Float64Array(4) },
      others: json([{ at: 3, row: row('w.2') }]),
    });
    expect(names()).toEqual(['a', 'w.2', 'w.9', 'w.10']);
  });

  it('has its rows backwards by name where that is asked for, and equals of other columns still forwards', () => {
    const file = shown(['w.10', 'w.9', 'a']);
    const { table } = decodeState(undefined);
    const names = (change: object) =>
      linesOf(file, { ...table, descending: true, ...change }).map(({ index }) => file.rows[index!]!.name);
    expect(names({ sort: 'name' })).toEqual(['w.10', 'w.9', 'a']);
    expect(names({ sort: 'bytes' })).toEqual(['a', 'w.9', 'w.10']);
  });

  it('looks for each word in names, types and shapes as they are now', () => {
    const file = shown(['w.10', 'W.9', 'a']);
    const { table } = decodeState(undefined);
    const names = (filter: string) => linesOf(file, { ...table, filter }).map(({ index }) => file.rows[index!]!.name);
    expect(names('f32 W.')).toEqual(['W.9', 'w.10']);
    expect(names('f32 2')).toEqual(['a', 'W.9', 'w.10']);
    expect(names('f16')).toEqual([]);
    file.compare({
      ...{ what: Uint8Array.of(0, 0, 0, 3), relative: new Float64Array(4), largest: new Float64Array(4) },
      others: json([{ at: 3, row: row('w.2') }]),
    });
    expect(names('w.')).toEqual(['w.2', 'W.9', 'w.10']);
    file.compare(undefined);
    expect(names('w.')).toEqual(['W.9', 'w.10']);
  });

  it('finds its order once, whatever it is compared with, as long as its rows are the same', () => {
    const file = shown(['w.10', 'w.9', 'a']);
    const { tree: before, byName } = file;
    const nothing = { relative: new Float64Array(3), largest: new Float64Array(3), others: json([]) };
    file.compare({ ...nothing, what: new Uint8Array(3) });
    expect([file.tree === before, file.byName === byName]).toEqual([true, true]);
  });
});

describe('a table that comes in parts', () => {
  it('is the same, in the end, as one that comes whole, also where some of it was looked at', () => {
    const names = [
      'b.10.w',
      'b.2.w',
      'b.2.b',
      'b.2.c',
      'a.w',
      'c',
      'a.b',
      'a.c',
      'b.1.x.y',
      'b.1.x.z',
      'b.1.x.w',
      'd.e',
    ];
    const view = decodeState(undefined).table;
    const whole = new ShownFile({ summary: { tensors: names.length, table: json(names.map(row)) } } as never);
    for (let first = 0; first <= names.length; first++) {
      const table = json(names.slice(0, first).map(row));
      const file = new ShownFile({ summary: { tensors: names.length, table } } as never);
      linesOf(file, view);
      linesOf(file, { ...view, sort: 'bytes' });
      expect(file.complete).toBe(first === names.length);
      for (let at = first; at < names.length; at += 2) {
        expect(file.append(json(names.slice(at, at + 2).map(row)))).toBe(true);
        linesOf(file, view);
      }
      expect(file.complete).toBe(true);
      expect(file.append(json([]))).toBe(false);
      expect(linesOf(file, view)).toEqual(linesOf(whole, view));
      expect(linesOf(file, { ...view, sort: 'bytes' })).toEqual(linesOf(whole, { ...view, sort: 'bytes' }));
    }
  });
});

describe('names', () => {
  it('that differ in what cannot be seen look different', () => {
    expect(formatName('a\u202eb\u200bc\nd\ud800e')).toBe('a\\u202eb\\u200bc\\nd\\ud800e'.replace('\\nd', '\\u000ad'));
    expect(formatName('κ.重み.🙂')).toBe('κ.重み.🙂');
  });

  it('that are long show their beginning and their end', () => {
    const long = formatName(`begin${'x'.repeat(9_000)}end`);
    expect(long.length).toBe(300);
    expect(long).toMatch(/^begin.*…x+end$/);
  });
});

describe('what the editor remembers', () => {
  it('is nothing of the groups where thousands are folded, since a part of them would unfold the others', () => {
    const { table, ...rest } = decodeState(undefined);
    const folded = (groups: number) => new Set(Array.from({ length: groups }, (_, i) => `${i}.`));
    const remembered = (groups: number) => encodeState({ ...rest, table: { ...table, collapsed: folded(groups) } });
    expect(decodeState(remembered(2_000)).table.collapsed.size).toBe(2_000);
    expect(isRemembered(remembered(2_000))).toBe(true);
    expect(isRemembered(remembered(2_001))).toBe(false);
  });

  it('comes back as it was, and nonsense as the beginning', () => {
    const state = decodeState({
      filter: 'w',
      sort: 'bytes',
      descending: true,
      collapsed: ['a.'],
      selected: 'x',
      scroll: 5,
    });
    expect(decodeState(JSON.parse(JSON.stringify(encodeState(state))))).toEqual(state);
    expect(isRemembered(encodeState(state))).toBe(true);
    const fresh = decodeState(undefined);
    expect(decodeState({ sort: 'rm', tab: 1, scroll: -1, collapsed: 'a', pane: {}, filter: {} })).toEqual(fresh);
  });
});

describe('figures', () => {
  it('are short and keep their minus', () => {
    expect([0, -0.00213, 1.5, 12345, 1.3e-7, 123456, null, NaN, -Infinity].map((value) => formatShort(value))).toEqual([
      ...['0', '−0.00213', '1.5', '12300', '1.3e−7', '1.2e5', '–', 'NaN', '−∞'],
    ]);
    expect([0, 999, 5_240_000, 999_999, 1e10].map(formatBytes)).toEqual(['0 B', '999 B', '5.2 MB', '1.0 MB', '10 GB']);
    expect([formatShare(0, 10), formatShare(1, 1000), formatShare(1, 3)]).toEqual(['0 %', '0.10 %', '33 %']);
  });
});
