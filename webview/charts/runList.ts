import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import { formatSteady } from '../shared/format';
import { curveKey } from '../shared/plan';
import type { RunView } from '../shared/runStore';
import type { SettingsStore } from '../shared/settings';
import { statusLook } from '../shared/status';
import type { Theme } from '../shared/theme';

/** The runs of the charts, each with its colour: the swatch hides its curves, the name opens its tab. */
export class RunList {
  readonly node = element('ul', { class: 'run-list', 'aria-label': 'Runs' });
  private readonly rows = new Map<string, Row>();

  constructor(
    private readonly settings: SettingsStore,
    private readonly open: (run: string) => void,
  ) {}

  update(runs: readonly RunView[], theme: Theme): void {
    const gone = new Set(this.rows.keys());
    for (const run of runs) {
      const { key } = run.summary;
      gone.delete(key);
      let row = this.rows.get(key);
      if (!row) {
        row = new Row(
          () => this.settings.toggleHidden(curveKey({ run: key })),
          () => this.open(key),
        );
        this.rows.set(key, row);
        this.node.append(row.node);
      }
      row.update(run, theme, this.settings.value.hidden.includes(curveKey({ run: key })));
    }
    for (const key of gone) {
      this.rows.get(key)!.node.remove();
      this.rows.delete(key);
    }
  }
}

class Row {
  private readonly swatch = element('button', { type: 'button', class: 'swatch' });
  private readonly icon = element('vscode-icon', { size: 14 });
  private readonly name = element('button', { type: 'button', class: 'run-name' });
  private readonly value = element('span', { class: 'number' });
  readonly node = element('li', { class: 'run-row' }, this.swatch, this.name, this.icon, this.value);

  constructor(toggle: () => void, open: () => void) {
    this.swatch.addEventListener('click', toggle);
    this.name.addEventListener('click', open);
  }

  update({ summary }: RunView, theme: Theme, hidden: boolean): void {
    const look = statusLook(summary.status);
    const color = theme.palette[summary.color % theme.palette.length]!;
    this.swatch.style.setProperty('--swatch', color);
    this.swatch.title = hidden ? `Show ${summary.name}` : `Hide ${summary.name}`;
    setAttributes(this.swatch, { 'aria-pressed': String(!hidden), 'aria-label': `Curves of ${summary.name}` });
    this.node.classList.toggle('hidden-run', hidden);
    setText(this.name, summary.name);
    this.name.title = `Open ${summary.name}`;
    setAttributes(this.icon, { name: look.icon, class: `tone-${look.tone}`, spin: look.icon === 'loading' });
    this.icon.title = `${look.label}: ${summary.evidence}`;
    const { headline } = summary;
    setHidden(this.value, headline?.value == null);
    setText(this.value, headline?.value == null ? '' : formatSteady(headline.value));
    this.value.title =
      headline?.best == null ? (headline?.label ?? '') : `${headline.label}, best ${formatSteady(headline.best)}`;
  }
}
