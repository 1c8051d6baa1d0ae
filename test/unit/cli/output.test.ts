import { describe, expect, it } from 'vitest';
import { Output, type Sink } from '../../../src/cli/output';
import { duration, progressLine } from '../../../src/cli/progressLine';
import type { LiveState } from '../../../src/protocol/control';
import type { Presentation } from '../../../src/protocol/run';

const STATE: LiveState = {
  status: 'running',
  step: 1234,
  totalSteps: 4690,
  stepsPerEpoch: 469,
  epoch: 2.6,
  stepsPerSecond: 31.24,
  secondsLeft: 110,
  metrics: { 'train/negative_elbo': 112.345, 'test/negative_elbo': 111.9 },
};
const PRESENTATION: Presentation = {
  family: 'vae',
  title: 'VAE',
  headline: { tag: 'test/negative_elbo', label: '−ELBO', mode: 'min' },
  panels: [
    {
      kind: 'curves',
      title: '−ELBO',
      unit: 'nats',
      series: [
        { tag: 'train/negative_elbo', label: 'train' },
        { tag: 'test/negative_elbo', label: 'test' },
      ],
    },
  ],
};

class Recorder implements Sink {
  text = '';
  constructor(
    readonly isTTY: boolean,
    readonly columns = 200,
  ) {}
  write(text: string): void {
    this.text += text;
  }
}

describe('the progress line', () => {
  it('gives small losses more decimals', () => {
    const metrics = { 'train/negative_elbo': -0.3212, 'test/negative_elbo': 3.4249 };
    expect(progressLine({ ...STATE, metrics }, PRESENTATION)).toContain('−ELBO -0.321 (test 3.42)');
  });

  it('says epoch, step, loss, speed and time left', () => {
    expect(progressLine(STATE, PRESENTATION)).toBe(
      'epoch 3/10 · step 1,234/4,690 · −ELBO 112.3 (test 111.9) · 31.2 steps/s · 1:50 left',
    );
  });

  it('gives small losses the digits that they move in, and large ones no more than they need', () => {
    const line = (loss: number) => progressLine({ ...STATE, metrics: { 'train/negative_elbo': loss } }, PRESENTATION);
    expect([0.1234, -1.5, 10.04, -250.06].map((loss) => / −ELBO (\S+) /.exec(line(loss))![1])).toEqual([
      ...['0.123', '-1.50', '10.0', '-250.1'],
    ]);
  });

  it('writes a high speed as a number, without an exponent', () => {
    expect(progressLine({ ...STATE, stepsPerSecond: 1234.5 }, undefined)).toContain('1,235 steps/s');
  });

  it('shows the current activity while the remaining time is unknown', () => {
    const paused = progressLine({ ...STATE, status: 'paused', metrics: { 'train/negative_elbo': null } }, PRESENTATION);
    expect(paused).toBe('epoch 3/10 · step 1,234/4,690 · −ELBO not a number · 31.2 steps/s · paused');
    const evaluating = { ...STATE, stepsPerSecond: 0, secondsLeft: null, activity: 'evaluating', metrics: {} };
    expect(progressLine(evaluating, undefined)).toBe('epoch 3/10 · step 1,234/4,690 · evaluating');
    const starting: LiveState = { ...STATE, stepsPerEpoch: 0, status: 'starting', activity: 'reading the data' };
    expect(progressLine(starting, undefined)).toBe('reading the data');
  });

  it('does not count an additional epoch at the last step', () => {
    expect(progressLine({ ...STATE, step: 4690 }, undefined)).toMatch(/^epoch 10\/10/);
  });

  it('writes times as people do', () => {
    expect([0, 59.6, 65, 3725].map(duration)).toEqual(['0:00', '1:00', '1:05', '1:02:05']);
  });
});

describe('output', () => {
  it('on a terminal updates one line that fits, and clears it before other output', () => {
    const out = new Recorder(true, 40);
    const output = new Output(false, out, new Recorder(false));
    output.progress(STATE, PRESENTATION);
    expect(out.text).toBe(`\r${progressLine(STATE, PRESENTATION).slice(0, 39)}\u001b[K`);
    output.result({}, 'done');
    expect(out.text.endsWith('\r\u001b[Kdone\n')).toBe(true);
  });

  it('in a file writes whole lines, and not one for each state', () => {
    const out = new Recorder(false);
    const output = new Output(false, out, new Recorder(false));
    for (let i = 0; i < 50; i++) output.progress(STATE, PRESENTATION);
    expect(out.text).toBe(`${progressLine(STATE, PRESENTATION)}\n`);
  });

  it('with --json is one document a line, with remarks and problems on standard error', () => {
    const [out, error] = [new Recorder(true), new Recorder(false)];
    const output = new Output(true, out, error);
    output.progress(STATE, PRESENTATION);
    output.remark('by the way');
    output.problem('oh');
    output.result({ event: 'ended' }, 'words');
    const documents = out.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(documents.map(({ event }) => event)).toEqual(['progress', 'ended']);
    expect(error.text).toBe('by the way\noh\n');
  });
});

describe('text from a hostile file', () => {
  const hostile = '\u001b]0;owned\u0007\u009b2J\u202egnp.exe\u{e0041}';
  const unfit = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]|\u{e0041}/u;

  it('cannot control a terminal, by any kind of output', () => {
    const [out, error] = [new Recorder(false), new Recorder(false)];
    const output = new Output(false, out, error);
    output.result({}, `${hostile}\nnext line`);
    output.remark(hostile);
    output.problem(hostile);
    output.stage({}, `${hostile}\nforged line`);
    expect(out.text + error.text).not.toMatch(unfit);
    expect(out.text.split('\n')[1]).toBe('next line');
    expect(out.text).not.toMatch(/^forged line/m);
  });

  it('is escaped, not dropped, in JSON', () => {
    const out = new Recorder(false);
    const output = new Output(true, out, new Recorder(false));
    output.result({ name: hostile }, '');
    expect(out.text).not.toMatch(unfit);
    expect(JSON.parse(out.text)).toEqual({ name: hostile });
  });

  it('names no chart after what every object has', () => {
    const curves = { title: 'x', unit: '', series: [{ tag: 'constructor', label: 'y' }] };
    expect(progressLine(STATE, { ...PRESENTATION, panels: [{ kind: 'curves', ...curves }] })).not.toContain('x ');
  });
});
