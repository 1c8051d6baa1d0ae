import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Output } from '../../../src/cli/output';
import { listRuns, since } from '../../../src/cli/runsTable';
import { middleCut, table } from '../../../src/cli/table';
import { parseSpecification } from '../../../src/protocol/specification';
import { createRun } from '../../../src/runs/directory';
import { temporaryFolder } from '../support/temporaryFolder';

describe('the table of runs', () => {
  it('is as wide as its widest cells, and omits empty columns', () => {
    expect(
      table(
        ['NAME', 'STATUS', 'BEST'],
        [
          ['a', 'finished', ''],
          ['longer', 'paused', ''],
        ],
      ),
    ).toEqual(['NAME    STATUS', 'a       finished', 'longer  paused']);
  });

  it('is no wider than the terminal: names are cut in the middle, where they differ least', () => {
    const names = ['a-sweep-over-the-learning-rate-001', 'a-sweep-over-the-learning-rate-002', 'short'];
    const lines = table(
      ['NAME', 'STATUS'],
      names.map((name) => [name, 'finished']),
      30,
    );
    expect(Math.max(...lines.map(({ length }) => length))).toBe(30);
    expect(lines[1]).toMatch(/^a-sweep-ov…-rate-001  finished$/);
    expect(lines[2]).toMatch(/-rate-002  finished$/);
    expect(lines[3]).toMatch(/^short {17}finished$/);
  });

  it('leaves enough of a name in a terminal that is too narrow for the other columns alone', () => {
    const long = 'x'.repeat(40);
    expect(table(['NAME', 'STATUS'], [[long, 'finished']], 5)[1]).toBe(`${'x'.repeat(8)}…${'x'.repeat(7)}  finished`);
  });

  it('truncates nothing if it fits, or if the width is unknown', () => {
    const rows = [['x'.repeat(22), 'finished']];
    expect(table(['NAME', 'STATUS'], rows, 32)).toEqual(table(['NAME', 'STATUS'], rows));
  });

  it('cuts between whole characters', () => {
    expect(middleCut('🙂'.repeat(9), 5)).toBe('🙂🙂…🙂🙂');
    expect(middleCut('abcdef', 6)).toBe('abcdef');
  });

  it('is followed by the alerts that hold', async () => {
    const runs = await temporaryFolder();
    const run = await createRun(runs, parseSpecification({ model: { family: 'vae' } }));
    const alert = { name: 'a', title: 'Mode collapse', step: 1200, text: 'One of 8 modes.', advice: 'Less.' };
    const alerts = [{ ...alert, title: 'Earlier', cleared: 1300 }, alert];
    await run.writeRecord({ ...(await run.readRecord()), alerts });
    const lines: string[] = [];
    const sink = { write: (text: string) => lines.push(text) };
    await listRuns(runs, new Output(false, sink, sink), { verbose: false });
    expect(lines.join('').trimEnd().split('\n').slice(2)).toEqual([
      `${run.name}: Mode collapse since step 1200. One of 8 modes.`,
    ]);
    await listRuns(runs, new Output(true, sink, sink), { verbose: false });
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ runs: [{ alerts: [alert] }] });
  });

  it('says how to see why a run is unreadable, until that is shown', async () => {
    const runs = await temporaryFolder();
    await mkdir(path.join(runs, 'broken'));
    await writeFile(path.join(runs, 'broken', 'run.json'), '{}');
    const said = async (verbose: boolean) => {
      const lines: string[] = [];
      const sink = { write: (text: string) => lines.push(text) };
      await listRuns(runs, new Output(false, sink, sink), { verbose });
      return lines.join('');
    };
    expect(await said(false)).toContain(`Why some are unreadable: latent runs ${runs} --verbose`);
    expect(await said(true)).toMatch(/cannot be used: format/);
    expect(await said(true)).not.toContain('Why some');
  });

  it('quotes the folder for the shell, whatever its name', async () => {
    const runs = path.join(await temporaryFolder(), "my\nruns' $HOME");
    await mkdir(path.join(runs, 'broken'), { recursive: true });
    await writeFile(path.join(runs, 'broken', 'run.json'), '{}');
    const lines: string[] = [];
    const sink = { write: (text: string) => lines.push(text) };
    await listRuns(runs, new Output(false, sink, sink), { verbose: false });
    expect(lines.join('')).toContain(String.raw`/my\012runs\' $HOME' --verbose`);
  });

  it('steers no terminal', () => {
    expect(table(['NAME'], [['a\u001b[2Jb\nc']]).join('')).not.toMatch(/[\u001b\n]/);
  });

  it('says how long ago something was', () => {
    const now = Date.parse('2026-01-10T12:00:00Z');
    const said = (date: string | undefined) => since(date, now);
    expect(said('2026-01-10T11:59:50Z')).toBe('just now');
    expect(said('2026-01-10T12:05:00Z')).toBe('just now');
    expect(said('2026-01-10T11:58:01Z')).toBe('1 min ago');
    expect(said('2026-01-10T09:59:00Z')).toBe('2 h ago');
    expect(said('2026-01-01T00:00:00Z')).toBe('9 d ago');
    expect([said(undefined), said('yesterday')]).toEqual(['', '']);
  });
});
