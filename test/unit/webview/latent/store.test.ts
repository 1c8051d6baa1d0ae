import { describe, expect, it, vi } from 'vitest';
import { Store } from '../../../../webview/latent/model/store';

interface State {
  readonly points: string;
  readonly picked: number;
  readonly other: boolean;
}

const store = () => new Store<State>({ points: 'none', picked: 0, other: false });

describe('The store of an explorer', () => {
  it('tells a part once of slices that change together, when all are there', () => {
    const shared = store();
    const heard: unknown[] = [];
    shared.on(['points', 'picked'], (changed) => heard.push([[...changed].sort(), { ...shared.state }]));
    shared.update({ points: 'test', picked: 2 });
    expect(heard).toEqual([[['picked', 'points'], { points: 'test', picked: 2, other: false }]]);
  });

  it('tells nothing of slices that a part does not read, nor of a value that stays', () => {
    const shared = store();
    const listener = vi.fn();
    shared.on(['points'], listener);
    shared.update({ picked: 1, other: true });
    shared.update({ points: 'none' });
    expect(listener).not.toHaveBeenCalled();
  });

  it('shows each part the newest state, in whichever order the parts were made', () => {
    const shared = store();
    const seen: number[] = [];
    // The first writes in answer to a change; the second hears of both and must never see the older value last.
    shared.on(['points'], () => shared.update({ picked: 5 }));
    shared.on(['points', 'picked'], () => seen.push(shared.state.picked));
    shared.update({ points: 'train' });
    expect(seen).toEqual([5, 5]);
  });
});
