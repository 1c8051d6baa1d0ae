import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { RunDetail, RunSummary } from '../../src/protocol/views';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';

export interface BannerActions {
  showLog(): void;
  openRecord(): void;
  resumeWithoutLastEdit(): void;
  /** Focuses the field of a hyperparameter. */
  change(name: string): void;
}

interface Shown {
  readonly message: string;
  readonly remedy?: string;
}

/**
 * States that the run failed, cannot be read or reached, or would repeat an edit, and what can be done about it, with
 * buttons.
 */
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
      element('div', { class: 'banner-actions' }, this.withoutEdit, this.change, this.log, this.record),
    );
  }

  update({ failure, obstacle, status }: RunSummary, detail?: RunDetail): void {
    const edit = detail?.lastEdit;
    const repeats = edit === undefined ? undefined : repetition(edit);
    const shown: Shown | undefined = failure ?? obstacle ?? repeats;
    setHidden(this.node, shown === undefined);
    if (shown === undefined) return;
    setText(this.message, shown.message);
    // Many messages contain the step already.
    const said = failure?.step === undefined || failure.message.includes(`at step ${failure.step}`);
    setText(this.where, said ? '' : `step ${formatStep(failure.step!)}`);
    // The remedy for a diverged run already says so.
    const told = failure === undefined || failure.kind === 'not-a-number' || repeats === undefined;
    const remedy = [shown.remedy, ...(told ? [] : [repeats.message])].filter((part) => part !== undefined).join(' ');
    setText(this.remedy, remedy);
    setHidden(this.remedy, remedy === '');
    this.node.classList.toggle('warning', failure === undefined);
    setAttributes(this.icon, { name: failure === undefined ? 'warning' : 'error' });
    const revisable = detail?.onResume === true && (edit !== undefined || failure?.kind === 'not-a-number');
    this.suspect = edit?.name ?? detail?.hyperparameters[0]?.name ?? '';
    setHidden(this.withoutEdit, !revisable || edit === undefined);
    setHidden(this.change, !revisable || this.suspect === '');
    this.withoutEdit.title = edit === undefined ? '' : `Takes back: ${edit.text}`;
    // A run with an unreadable record has no known trainer, but the record can be opened.
    setHidden(this.log, status === 'foreign' || shown === repeats);
    setHidden(this.record, status !== 'foreign');
  }
}

/** Describes a plain resume of a run whose last edit is newer than its newest checkpoint. */
function repetition({ text, repeatedFrom }: NonNullable<RunDetail['lastEdit']>): Shown | undefined {
  if (repeatedFrom === undefined) return undefined;
  const goes =
    repeatedFrom === 0
      ? 'starts over, since there is no checkpoint,'
      : `continues from step ${formatStep(repeatedFrom)}`;
  return { message: `A plain resume ${goes} and repeats the last edit: ${text}.` };
}
