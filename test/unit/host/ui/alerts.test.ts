import { describe, expect, it, vi } from 'vitest';
import { summarize } from '../../../../src/host/registry/summary';
import { AlertWatch } from '../../../../src/host/ui/alertWatch';
import { describeRun, spokenRun } from '../../../../src/host/ui/format';
import { describe as statusBar, detail } from '../../../../src/host/ui/statusWords';
import { alertMessage } from '../../../../src/host/ui/tellAlert';
import type { Alert } from '../../../../src/protocol/alert';
import { liveState, record } from '../support/runs';

vi.mock('vscode', () => ({}));

const collapse: Alert = {
  ...{ name: 'mode-collapse', title: 'Mode collapse', step: 1200 },
  ...{ text: 'Samples are spread over 1 of 8 modes.', advice: 'A lower learning rate helps.' },
};
const won: Alert = { ...collapse, name: 'discriminator-won', title: 'Discriminator won', step: 1300 };

const run = (key: string, alerts: readonly Alert[], status: 'running' | 'failed' = 'running') =>
  summarize({
    ...{ key, name: key, color: 0, trusted: true, record: { ...record(), status, alerts: [...alerts] } },
    ...(status === 'running' && { live: { ...liveState({ step: 2345 }), alerts: [...alerts] } }),
  });

describe('the alerts of a run', () => {
  it('are those that hold', () => {
    expect(run('a', [{ ...collapse, cleared: 1250 }, won]).alerts).toEqual([won]);
    expect(run('a', [{ ...collapse, cleared: 1250 }])).not.toHaveProperty('alerts');
    expect(run('a', [collapse], 'failed').alerts).toEqual([collapse]);
  });

  it('come first where there is little room, and are spoken', () => {
    expect(describeRun(run('a', [collapse]))).toBe('Mode collapse · step 2,345');
    expect(describeRun(run('a', [collapse, won], 'failed'))).toMatch(/^2 alerts · failed/);
    expect(spokenRun(run('a', [collapse]))).toContain('alert: Mode collapse');
    expect(statusBar([run('a', [collapse])])).toMatch(/^\$\(warning\) a .*· Mode collapse$/);
    expect(statusBar([run('a', [collapse]), run('b', [])])).toBe('$(warning) 2 runs · 1 alert');
    expect(detail(run('a', [collapse, won]))).toContain('Mode collapse, Discriminator won');
  });

  it('are told in a message of their own, or together', () => {
    expect(alertMessage([run('a', [collapse])])).toBe(
      'a: Mode collapse. Samples are spread over 1 of 8 modes. A lower learning rate helps.',
    );
    expect(alertMessage([run('a', [won, collapse])])).toMatch(
      /^a: Discriminator won\. .*helps\. Also: Mode collapse\.$/,
    );
    const together = [
      { ...won, step: 500 },
      { ...collapse, step: 500 },
    ];
    expect(alertMessage([run('a', together)])).toContain('a: Discriminator won. ');
    expect(alertMessage([run('a', [collapse]), run('b', [collapse, won])])).toBe(
      'Alerts in 2 runs: a (Mode collapse), b (2 alerts).',
    );
    expect(alertMessage([])).toBeUndefined();
  });
});

describe('the watch for new alerts', () => {
  const updates = (...all: (readonly [readonly Alert[], front?: string])[]) => {
    const watch = new AlertWatch();
    return all.map(([alerts, front]) => told(watch, alerts, front));
  };
  const told = (watch: AlertWatch, alerts: readonly Alert[], front?: string, young = false) =>
    watch.update([{ key: 'a', alerts: [...alerts] }], front, () => young).length === 1;

  it('tells those of a run that began after the window was opened, however late it is found', () => {
    const watch = new AlertWatch();
    expect(told(watch, [collapse], undefined, true)).toBe(true);
    expect(told(watch, [collapse], undefined, true)).toBe(false);
  });

  it('tells each once, and none that was there when the window opened', () => {
    expect(updates([[collapse]], [[collapse]])).toEqual([false, false]);
    expect(updates([[]], [[collapse]], [[collapse]], [[collapse, won]])).toEqual([false, true, false, true]);
  });

  it('tells one that comes again, but not the one that stays when another goes', () => {
    expect(updates([[]], [[collapse, won]], [[won]], [[won, { ...collapse, step: 2000 }]])).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('keeps quiet while the tab of the run is in front', () => {
    expect(updates([[]], [[collapse], 'a'], [[collapse]])).toEqual([false, false, false]);
    expect(updates([[]], [[collapse], 'b'])).toEqual([false, true]);
  });
});
