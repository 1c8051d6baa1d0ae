import { element, setText } from '../../shared/dom';
import { formatStep } from '../../shared/format';
import type { ExplorerStore } from '../model/state';
import { isMap } from '../projections/projector';

/** The cost of following a live run: "every 100 steps · 1.2 % of the training time". */
export function liveStatus(store: ExplorerStore): HTMLElement {
  const node = element('p', { class: 'dim number live-words', role: 'status' });
  store.on(['following', 'followCost', 'view'], () => {
    const { following, followCost, view } = store.state;
    if (!following) return setText(node, '');
    if (!followCost) return setText(node, 'waiting for the next step…');
    const { every, share } = followCost;
    const cost = `every ${formatStep(every)} steps · ${(100 * share).toFixed(1)} % of the training time`;
    setText(node, isMap(view.kind) ? `${cost} · by PCA` : cost);
  });
  return node;
}
