import { element, setHidden, setText } from '../../shared/dom';
import type { LatentHost } from '../host/latentHost';
import type { ExplorerStore } from '../model/state';
import { button } from '../../shared/controls';

/** States why there is nothing to explore, with a button to resolve it. */
export class SourceBanner {
  private readonly words = element('p', {});
  private readonly remedy = element('p', { class: 'dim' });
  private readonly trust = button('Trust the Workspace…', () => this.host.post({ type: 'trust' }));
  private readonly restart = button('Try Again', () => this.host.post({ type: 'restart' }));
  readonly node = element(
    'div',
    { class: 'source-banner', role: 'status', hidden: true },
    element('div', {}, this.words, this.remedy),
    this.trust,
    this.restart,
  );

  constructor(
    private readonly host: LatentHost,
    private readonly store: ExplorerStore,
  ) {
    store.on(['source'], () => this.write());
  }

  private write(): void {
    const state = this.store.state.source?.state;
    if (!state) return;
    setHidden(this.node, state.kind !== 'untrusted' && state.kind !== 'problem');
    setHidden(this.trust, state.kind !== 'untrusted');
    setHidden(this.restart, state.kind !== 'problem');
    this.node.classList.toggle('problem', state.kind === 'problem');
    const remedy = state.kind === 'problem' ? state.remedy : undefined;
    setHidden(this.remedy, remedy === undefined);
    setText(this.remedy, remedy ?? '');
    if (state.kind === 'problem') setText(this.words, state.message);
    if (state.kind === 'untrusted') {
      setText(
        this.words,
        'In Restricted Mode no process is started, and a latent space can’t be explored without one.',
      );
    }
  }
}
