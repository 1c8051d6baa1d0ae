import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { RunChoice } from '../../src/protocol/views';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import { formatSteady } from '../shared/format';
import type { RunView } from '../shared/runStore';
import type { SettingsStore } from '../shared/settings';
import { statusLook } from '../shared/status';
import type { Theme } from '../shared/theme';

export interface RunListActions {
  open(run: string): void;
  overlay(runs: readonly string[], shown: boolean): void;
}

/** All runs of the workspace, each with its colour: the box lays its curves over the others, the name opens its tab. */
export class RunList {
  private readonly tally = element('span', { class: 'tally number' });
  private readonly all = element(
    'button',
    { type: 'button', class: 'link', title: 'Show the curves of all runs' },
    'All',
  );
  private readonly none = element('button', { type: 'button', class: 'link', title: 'Show no curves' }, 'None');
  private readonly list = element('ul', { class: 'run-list', 'aria-label': 'Runs' });
  readonly node: HTMLDetailsElement;
  private readonly rows = new Map<string, Row>();
  private choices: readonly RunChoice[] = [];

  constructor(
    settings: SettingsStore,
    private readonly actions: RunListActions,
  ) {
    const bulk = element('span', { class: 'bulk' }, this.all, this.none);
    this.node = element(
      'details',
      { class: 'run-choices', hidden: true },
      element('summary', {}, element('span', {}, 'Runs'), this.tally, bulk),
      this.list,
    );
    this.node.open = settings.value.runs;
    this.node.addEventListener('toggle', () => settings.update({ runs: this.node.open }));
    this.all.addEventListener('click', (event) => this.setAll(event, true));
    this.none.addEventListener('click', (event) => this.setAll(event, false));
  }

  /** @param runs those that are shown, with what is known of them */
  update(choices: readonly RunChoice[], runs: readonly RunView[], theme: Theme): void {
    this.choices = choices;
    const shown = choices.filter((choice) => choice.shown).length;
    setHidden(this.node, choices.length === 0);
    setText(this.tally, `${shown} of ${choices.length} shown`);
    const byKey = new Map(runs.map((run) => [run.summary.key, run]));
    const gone = new Set(this.rows.keys());
    let previous: Element | null = null;
    for (const choice of choices) {
      gone.delete(choice.key);
      const row = this.rows.get(choice.key) ?? this.add(choice.key);
      row.update(choice, byKey.get(choice.key), theme);
      const place: Element | null = previous ? previous.nextElementSibling : this.list.firstElementChild;
      if (row.node !== place) this.list.insertBefore(row.node, place);
      previous = row.node;
    }
    for (const key of gone) {
      this.rows.get(key)?.node.remove();
      this.rows.delete(key);
    }
  }

  private add(key: string): Row {
    const row = new Row(
      (shown) => this.actions.overlay([key], shown),
      () => this.actions.open(key),
    );
    this.rows.set(key, row);
    return row;
  }

  private setAll(event: Event, shown: boolean): void {
    // In a summary a click would fold the list, too.
    event.preventDefault();
    this.actions.overlay(
      this.choices.map(({ key }) => key),
      shown,
    );
  }
}

class Row {
  private readonly swatch = element('input', { type: 'checkbox', class: 'swatch' });
  private readonly icon = element('vscode-icon', { size: 14 });
  private readonly name = element('button', { type: 'button', class: 'run-name' });
  private readonly value = element('span', { class: 'number' });
  readonly node = element('li', { class: 'run-row' }, this.swatch, this.name, this.icon, this.value);

  constructor(overlay: (shown: boolean) => void, open: () => void) {
    this.swatch.addEventListener('change', () => overlay(this.swatch.checked));
    this.name.addEventListener('click', open);
  }

  update({ name, status, color, shown }: RunChoice, run: RunView | undefined, theme: Theme): void {
    const look = statusLook({ status, failure: run?.summary.failure });
    this.swatch.style.setProperty('--swatch', theme.palette[color % theme.palette.length] ?? theme.foreground);
    this.swatch.title = shown ? `Hide ${name}` : `Show ${name}`;
    this.swatch.checked = shown;
    this.swatch.setAttribute('aria-label', `Curves of ${name}`);
    this.node.classList.toggle('hidden-run', !shown);
    setText(this.name, name);
    this.name.title = `Open ${name}`;
    setAttributes(this.icon, { name: look.icon, class: `tone-${look.tone}`, spin: look.icon === 'loading' });
    this.icon.title = run === undefined ? look.label : `${look.label}: ${run.summary.evidence}`;
    const headline = run?.summary.headline;
    setHidden(this.value, headline?.value == null);
    setText(this.value, headline?.value == null ? '' : formatSteady(headline.value));
    this.value.title =
      headline?.best == null ? (headline?.label ?? '') : `${headline.label}, best ${formatSteady(headline.best)}`;
  }
}
