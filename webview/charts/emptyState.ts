import '@vscode-elements/elements/dist/vscode-button/index.js';
import { element, setHidden, setText } from '../shared/dom';
import type { RunStore } from '../shared/runStore';

/** What the panel says while there is no curve: what would bring one. */
export class EmptyState {
  readonly node: HTMLElement;
  private readonly text = element('p');
  private readonly hint = element('p', { class: 'dim' });
  private readonly button = element('vscode-button', { class: 'train' }, 'Train VAE');

  constructor(train: () => void) {
    this.button.addEventListener('click', train);
    this.node = element('div', { class: 'empty-state', hidden: true }, this.text, this.button, this.hint);
  }

  show(store: RunStore, hasCurves: boolean): void {
    setHidden(this.node, hasCurves || !store.filled);
    if (this.node.hidden) return;
    const [first] = store.runs;
    const none = store.choices.length > 0 && first === undefined;
    const mayTrain = first === undefined && !none && store.lookOnly === undefined;
    setHidden(this.button, !mayTrain);
    if (first && !store.complete) {
      setText(this.text, 'Reading the curves…');
      setText(this.hint, '');
    } else if (first) {
      setText(this.text, `No curves yet: ${first.summary.name} has not logged a value.`);
      setText(this.hint, 'They appear here with the first one.');
    } else if (none) {
      setText(this.text, 'No run is ticked.');
      setText(this.hint, 'Tick one in the list above to see its curves.');
    } else {
      setText(this.text, 'No curves yet. Train a variational autoencoder on MNIST and watch it learn here.');
      setText(
        this.hint,
        store.lookOnly ?? 'TensorBoard logs of other programs show here too, once they lie in the runs folder.',
      );
    }
  }
}
