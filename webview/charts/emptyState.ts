import '@vscode-elements/elements/dist/vscode-button/index.js';
import { DEFAULT_FAMILY } from '../../src/protocol/families';
import { isLive } from '../../src/protocol/status';
import { element, setHidden, setText } from '../shared/dom';
import type { RunStore } from '../shared/runStore';

/** The panel without curves: it says how to get some. */
export class EmptyState {
  readonly node: HTMLElement;
  private readonly text = element('p');
  private readonly hint = element('p', { class: 'dim' });
  private readonly button = element('vscode-button', { class: 'train' }, DEFAULT_FAMILY.title);

  constructor(train: () => void) {
    this.button.addEventListener('click', train);
    this.node = element('div', { class: 'empty-state', hidden: true }, this.text, this.button, this.hint);
  }

  show(store: RunStore, hasCurves: boolean): void {
    setHidden(this.node, hasCurves || !store.filled);
    if (this.node.hidden) return;
    const [first, ...others] = store.runs;
    const none = store.choices.length > 0 && first === undefined;
    const mayTrain = first === undefined && !none && store.lookOnly === undefined;
    setHidden(this.button, !mayTrain);
    if (first && !store.complete) {
      setText(this.text, 'Reading the curves…');
      setText(this.hint, '');
    } else if (first) {
      const names = others.length === 0 ? first.summary.name : `none of the ${others.length + 1} ticked runs`;
      setText(this.text, `No curves yet: ${names} ${others.length === 0 ? 'has not' : 'has'} logged a value.`);
      const coming = store.runs.some(({ summary: { status } }) => status === 'created' || isLive(status));
      setText(this.hint, coming ? 'They appear here with the first one.' : 'Tick another one in the Runs view.');
    } else if (none) {
      setText(this.text, 'No run is ticked.');
      setText(this.hint, 'Tick one in the Runs view to see its curves here.');
    } else {
      setText(this.text, 'No curves yet. Train a model on MNIST and watch it learn here.');
      setText(
        this.hint,
        store.lookOnly ?? 'TensorBoard logs of other programs show here too, once they are in the runs folder.',
      );
    }
  }
}
