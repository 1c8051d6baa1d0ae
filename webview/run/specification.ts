import { element, setHidden, setText } from '../shared/dom';
import type { RunView } from '../shared/runStore';
import type { SettingsStore } from '../shared/settings';
import { specificationGroups, specificationLine } from './specificationRows';

/** The specification of a run: one line, unfolded all of it, with a link to `run.json`. */
export class SpecificationPanel {
  readonly node: HTMLDetailsElement;
  private readonly line = element('span', { class: 'specification-line' });
  private readonly groups = element('div', { class: 'specification-groups' });
  private drawn = '';

  constructor(settings: SettingsStore, openRecord: () => void) {
    const open = element('button', { type: 'button', class: 'link' }, 'Open run.json');
    open.addEventListener('click', openRecord);
    this.node = element(
      'details',
      { class: 'specification', hidden: true },
      element('summary', {}, element('span', { class: 'caption' }, 'Specification'), this.line),
      element('div', { class: 'specification-scroll' }, this.groups, element('p', {}, open)),
    );
    this.node.open = settings.value.specification;
    this.node.addEventListener('toggle', () => settings.update({ specification: this.node.open }));
  }

  update({ detail, summary }: RunView): void {
    setHidden(this.node, detail === undefined);
    if (detail === undefined) return;
    setText(this.line, specificationLine(detail, summary.capabilities));
    const groups = specificationGroups(detail, summary);
    const content = JSON.stringify(groups);
    if (content === this.drawn) return;
    this.drawn = content;
    this.groups.replaceChildren(
      ...groups.map(({ title, rows }) =>
        element(
          'section',
          {},
          element('h3', {}, title),
          element(
            'dl',
            {},
            ...rows.flatMap(({ label, value }) => [element('dt', {}, label), element('dd', { title: value }, value)]),
          ),
        ),
      ),
    );
  }
}
