import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, decodeSettings, SettingsStore } from '../../../webview/shared/settings';
import { distinctFirst } from '../../../webview/shared/theme';

function fakeApi(state?: unknown) {
  const api = {
    state,
    postMessage: () => undefined,
    getState: () => api.state,
    setState: (next: unknown) => void (api.state = next),
  };
  return api;
}

describe('remembered controls', () => {
  it('come back after a reload', () => {
    const api = fakeApi();
    const settings = new SettingsStore(api);
    settings.update({ axis: 'time', smoothing: 0.9 });
    settings.toggleHidden('tag:test/kl');
    expect(new SettingsStore(api).value).toEqual({
      ...DEFAULT_SETTINGS,
      axis: 'time',
      smoothing: 0.9,
      hidden: ['tag:test/kl'],
    });
  });

  it('leave the rest of the panel’s state alone', () => {
    const api = fakeApi({ run: 'key' });
    new SettingsStore(api).update({ logarithmic: true });
    expect(api.state).toMatchObject({ run: 'key', charts: { logarithmic: true } });
  });

  it.each([null, 5, 'x', [], { charts: { axis: 'depth', smoothing: 7, hidden: [1], logarithmic: 'yes' } }])(
    'fall back to the defaults for %j',
    (state) => expect(decodeSettings(state)).toEqual(DEFAULT_SETTINGS),
  );

  it('forget the oldest of very many hidden curves', () => {
    const api = fakeApi();
    const settings = new SettingsStore(api);
    for (let i = 0; i < 510; i++) settings.toggleHidden(`tag:${i}`);
    expect(settings.value.hidden.length).toBe(500);
    expect(settings.value.hidden[0]).toBe('tag:10');
  });
});

describe('the palette', () => {
  it('puts a color that is close to an earlier one last', () => {
    expect(distinctFirst(['#0063d3', '#0f4a85', '#374e06'])).toEqual(['#0063d3', '#374e06', '#0f4a85']);
  });
});
