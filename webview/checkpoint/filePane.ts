import type { HostToCheckpoint, OwnCheckpoint } from '../../src/protocol/checkpointView';
import { element, setHidden } from '../shared/dom';
import { formatMetric } from '../shared/format';
import { indentedJson } from '../../src/common/indentedJson';
import { formatCount, formatName } from './format';
import { InspectionCard } from './inspectionCard';
import type { Link } from './link';

type FileMessage = Extract<HostToCheckpoint, { type: 'file' }>;
/** Metadata of our own checkpoints that is shown elsewhere, or is of no use to readers. */
const SHOWN_OTHERWISE = ['specification', 'metrics', 'step', 'epoch', 'seed'];

/** Characters of all metadata together that the page lays out. */
const LONGEST_SHOWN = 400_000;
/** Characters per entry once that limit is used up. */
const SHORTEST_SHOWN = 200;

/** The file's metadata; for our own checkpoints also the specification and the metrics. */
export class FilePane {
  readonly inspection: InspectionCard;
  private readonly own = element('div', { class: 'own' });
  private readonly metadata = element('div', { class: 'metadata' });
  readonly node: HTMLElement;

  constructor(link: Link) {
    this.inspection = new InspectionCard(link);
    this.node = element('section', { class: 'file-pane' }, this.inspection.node, this.own, this.metadata);
  }

  show({ own, summary }: FileMessage): void {
    this.own.replaceChildren(...(own ? ownParts(own) : []));
    setHidden(this.own, own === undefined);
    const entries = Object.entries(summary.metadata).filter(
      ([key]) => own === undefined || !SHOWN_OTHERWISE.includes(key),
    );
    let room = LONGEST_SHOWN;
    const rows = entries.map(([key, text]) => {
      const all = pretty(text);
      const shown = beginning(all, Math.max(SHORTEST_SHOWN, room));
      room -= shown.length;
      return element('div', { class: 'entry' }, element('h3', {}, formatName(key)), element('pre', {}, shown));
    });
    const none = element('p', { class: 'dim' }, 'The file has no metadata.');
    this.metadata.replaceChildren(element('h2', {}, 'Metadata'), ...(rows.length > 0 ? rows : [none]));
  }
}

function ownParts({ step, epoch, seed, run, metrics, specification }: OwnCheckpoint): HTMLElement[] {
  const facts: [string, string][] = [
    ...(run === undefined ? [] : [['Run', run] as [string, string]]),
    ['Step', formatCount(step)],
    ['Epoch', String(Number(epoch.toFixed(2)))],
    ['Seed', String(seed)],
  ];
  const list = (rows: [string, string][]) =>
    element(
      'dl',
      { class: 'facts' },
      ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', { class: 'number' }, value)]),
    );
  // Values per latent dimension would hide the others.
  const means = metrics.filter(([tag]) => !/\/\d+$/.test(tag));
  return [
    element('h2', {}, 'Checkpoint'),
    list(facts),
    element('h2', {}, 'Metrics at This Step'),
    means.length > 0
      ? list(means.map(([tag, value]) => [tag, typeof value === 'number' ? formatMetric(value) : value]))
      : element('p', { class: 'dim' }, 'None were measured before the checkpoint was written.'),
    element(
      'details',
      { open: true },
      element('summary', {}, element('h2', {}, 'Specification')),
      element('pre', {}, beginning(specification, LONGEST_SHOWN)),
    ),
  ];
}

/** JSON indented, everything else as it stands; always as text. */
function pretty(text: string): string {
  return (/^\s*[[{]/.test(text) ? indentedJson(text) : undefined) ?? text;
}

function beginning(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)}… (${formatCount(text.length - longest)} more characters)`;
}
