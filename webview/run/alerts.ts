import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { Alert } from '../../src/protocol/alert';
import type { RunDetail, RunSummary } from '../../src/protocol/views';
import { element, setHidden } from '../shared/dom';
import { formatStep } from '../shared/format';

export interface AlertActions {
  /** Changes a hyperparameter of a run that trains. */
  set(name: string, value: number): void;
  /** Resumes a run with another value. */
  resumeWith(name: string, value: number): void;
}

/**
 * The alerts that hold: what was measured, what usually helps, and a button where a setting would do it. Announced when they are
 * raised, without interrupting what is being read.
 */
export class AlertsBanner {
  readonly node = element('div', { class: 'alerts', role: 'status', 'aria-label': 'Alerts', hidden: true });
  private shown = '';

  constructor(private readonly actions: AlertActions) {}

  update({ alerts = [] }: Pick<RunSummary, 'alerts'>, detail?: RunDetail): void {
    setHidden(this.node, alerts.length === 0);
    const offers = alerts.map((alert) => this.offer(alert, detail));
    const shown = JSON.stringify([alerts, offers.map((offer) => offer?.words)]);
    // A button that is being pressed must not be replaced ten times a second.
    if (shown === this.shown) return;
    this.shown = shown;
    this.node.replaceChildren(...alerts.map((alert, index) => row(alert, offers[index])));
  }

  /** What the alert's setting can be set to now; undefined without one, or once it has that value. */
  private offer({ remedy }: Alert, detail: RunDetail | undefined): Offer | undefined {
    const now = detail?.hyperparameters.find(({ name }) => name === remedy?.name);
    if (remedy === undefined || now === undefined) return undefined;
    const { name, title, value } = remedy;
    if (now.current <= value) return { words: `${title} is ${now.current}.` };
    if (detail?.onResume === true) {
      return { words: `Resume with ${title} ${value}`, act: () => this.actions.resumeWith(name, value) };
    }
    if (detail?.fixed !== undefined) return undefined;
    return { words: `Set ${title} to ${value}`, act: () => this.actions.set(name, value) };
  }
}

interface Offer {
  readonly words: string;
  /** Absent where there is nothing left to do. */
  readonly act?: () => void;
}

function row({ title, step, text, advice }: Alert, offer: Offer | undefined): HTMLElement {
  const done = offer !== undefined && offer.act === undefined ? ` ${offer.words}` : '';
  const message = element(
    'p',
    {},
    element('strong', {}, title),
    ' ',
    element('span', { class: 'dim number' }, `since step ${formatStep(step)}`),
  );
  return element(
    'div',
    { class: 'banner warning' },
    element('vscode-icon', { name: 'warning' }),
    element(
      'div',
      { class: 'banner-text' },
      message,
      element('p', {}, text),
      element('p', { class: 'dim' }, advice + done),
    ),
    element('div', { class: 'banner-actions' }, ...(offer?.act ? [button(offer.words, offer.act)] : [])),
  );
}

function button(words: string, act: () => void): HTMLElement {
  const node = element('vscode-button', {}, element('span', {}, words));
  node.addEventListener('click', act);
  return node;
}
