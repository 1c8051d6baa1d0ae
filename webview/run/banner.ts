import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { RunDetail, RunSummary } from '../../src/protocol/views';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';

export interface BannerActions {
  showLog(): void;
  openRecord(): void;
  resumeWithoutLastEdit(): void;
  /** Leads to where a hyper-parameter gets another value. */
  change(name: string): void;
}

/** Says that the run failed, cannot be read or cannot be reached, what can be done about it, and leads there. */
export class Banner {
  readonly node: HTMLElement;
  private readonly icon = element('vscode-icon');
  private readonly message = element('span', { class: 'banner-message' });
  private readonly where = element('span', { class: 'dim number' });
  private readonly remedy = element('p', { class: 'dim' });
  private readonly log = element('vscode-button', { secondary: true }, 'Show Log');
  private readonly record = element('vscode-button', { secondary: true }, 'Open run.json');

  private readonly withoutEdit = element('vscode-button', {}, 'Resume without the Last Edit');
  private readonly change = element('vscode-button', { secondary: true }, 'Resume with Changes…');
  private suspect = '';

  constructor(actions: BannerActions) {
    this.withoutEdit.addEventListener('click', () => actions.resumeWithoutLastEdit());
    this.change.addEventListener('click', () => actions.change(this.suspect));
    this.log.addEventListener('click', () => actions.showLog());
    this.record.addEventListener('click', () => actions.openRecord());
    this.node = element(
      'div',
      { class: 'banner', role: 'alert', hidden: true },
      this.icon,
      element('div', { class: 'banner-text' }, element('p', {}, this.message, ' ', this.where), this.remedy),
      this.withoutEdit,
      this.change,
      this.log,
      this.record,
    );
  }

  update({ failure, obstacle, status }: RunSummary, detail?: RunDetail): void {
    const shown = failure ?? obstacle;
    setHidden(this.node, shown === undefined);
    if (shown === undefined) return;
    setText(this.message, shown.message);
    setText(this.where, failure?.step === undefined ? '' : `step ${formatStep(failure.step)}`);
    setText(this.remedy, shown.remedy ?? '');
    setHidden(this.remedy, shown.remedy === undefined);
    this.node.classList.toggle('warning', failure === undefined);
    setAttributes(this.icon, { name: failure === undefined ? 'warning' : 'error' });
    const edit = detail?.lastEdit;
    const revisable = failure?.kind === 'not-a-number' && detail?.onResume === true;
    this.suspect = edit?.name ?? detail?.hyperparameters[0]?.name ?? '';
    setHidden(this.withoutEdit, !revisable || edit === undefined);
    setHidden(this.change, !revisable || this.suspect === '');
    this.withoutEdit.title = edit === undefined ? '' : `Takes back: ${edit.text}`;
    // Of a run whose record cannot be read no trainer is known, but there is the record to look at.
    setHidden(this.log, status === 'foreign');
    setHidden(this.record, status !== 'foreign');
  }
}
