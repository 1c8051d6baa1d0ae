import type { HostToCheckpoint, OwnCheckpoint } from '../../src/protocol/checkpointView';
import { element, setHidden } from '../shared/dom';
import { formatSteady } from '../shared/format';
import { formatCount } from './format';
import { InspectionCard } from './inspectionCard';
import type { Link } from './link';

type FileMessage = Extract<HostToCheckpoint, { type: 'file' }>;
/** Of our own checkpoints these are shown in words, or are of no use to people. */
const SHOWN_OTHERWISE = ['specification', 'metrics', 'step', 'epoch', 'seed'];

/** What the file says of itself: of ours the specification and the metrics, of every file its metadata. */
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
    const rows = entries.map(([key, text]) =>
      element('div', { class: 'entry' }, element('h3', {}, key), element('pre', {}, pretty(text))),
    );
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
  // What there is for each latent dimension would bury the rest.
  const means = metrics.filter(([tag]) => !/\/\d+$/.test(tag));
  return [
    element('h2', {}, 'Checkpoint'),
    list(facts),
    element('h2', {}, 'Metrics at This Step'),
    means.length > 0
      ? list(means.map(([tag, value]) => [tag, typeof value === 'number' ? formatSteady(value) : value]))
      : element('p', { class: 'dim' }, 'None were measured before it was written.'),
    element(
      'details',
      { open: true },
      element('summary', {}, element('h2', {}, 'Specification')),
      element('pre', {}, specification),
    ),
  ];
}

/** JSON indented, everything else as it stands; always as text. */
function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text) || text.length > 200_000) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
