import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { RunSummary } from '../../src/protocol/views';
import { element, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';

/** Says that the run failed, what can be done about it, and leads to the log. */
export class Banner {
  readonly node: HTMLElement;
  private readonly message = element('span', { class: 'banner-message' });
  private readonly where = element('span', { class: 'dim number' });
  private readonly remedy = element('p', { class: 'dim' });

  constructor(showLog: () => void) {
    const button = element('vscode-button', { secondary: true }, 'Show Log');
    button.addEventListener('click', showLog);
    this.node = element(
      'div',
      { class: 'banner', role: 'alert', hidden: true },
      element('vscode-icon', { name: 'error' }),
      element('div', { class: 'banner-text' }, element('p', {}, this.message, ' ', this.where), this.remedy),
      button,
    );
  }

  update({ failure }: RunSummary): void {
    if (failure) {
      setText(this.message, failure.message);
      setText(this.where, failure.step === undefined ? '' : `step ${formatStep(failure.step)}`);
      setText(this.remedy, failure.remedy ?? '');
      setHidden(this.remedy, failure.remedy === undefined);
    }
    setHidden(this.node, failure === undefined);
  }
}
