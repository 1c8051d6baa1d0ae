import { element, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';
import type { RunView } from '../shared/runStore';

/** Maximum number of rows; the newest are kept. */
const MAXIMUM_ROWS = 200;

/** Notes and events of the run; choosing an event moves the playhead there. */
export class EventsPanel {
  readonly node: HTMLElement;
  private readonly notes = element('ul', { class: 'notes' });
  private readonly rows = element('tbody');
  private readonly table = element('table', {}, this.rows);
  private readonly more = element('p', { class: 'dim' });
  private drawn = '';

  constructor(private readonly goTo: (step: number) => void) {
    this.node = element(
      'section',
      { class: 'card events-panel', hidden: true },
      element('header', {}, element('h2', {}, 'Notes and events')),
      this.notes,
      this.table,
      this.more,
    );
  }

  update({ summary, marks }: RunView): void {
    const content = JSON.stringify([summary.notes, marks]);
    if (content === this.drawn) return;
    this.drawn = content;
    setHidden(this.node, summary.notes.length === 0 && marks.length === 0);
    this.notes.replaceChildren(...summary.notes.map((note) => element('li', {}, note)));
    const newest = [...marks].reverse().slice(0, MAXIMUM_ROWS);
    this.rows.replaceChildren(...newest.map(({ step, text }) => this.row(step, text)));
    setHidden(this.table, newest.length === 0);
    setHidden(this.more, marks.length <= MAXIMUM_ROWS);
    setText(this.more, `and ${marks.length - newest.length} earlier`);
  }

  private row(step: number, text: string): HTMLElement {
    const button = element('button', { type: 'button', class: 'link number' }, `step ${formatStep(step)}`);
    button.addEventListener('click', () => this.goTo(step));
    return element('tr', {}, element('td', {}, button), element('td', {}, text));
  }
}
