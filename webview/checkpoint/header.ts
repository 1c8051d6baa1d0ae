import { plural } from '../../src/common/plural';
import { setToolbarButtonDisabled, type VscodeToolbarButton } from '../shared/toolbarButton';
import type { CheckpointToHost, HostToCheckpoint } from '../../src/protocol/checkpointView';
import type { Inspection } from '../../src/protocol/views';
import { whyInspecting } from '../shared/disabling';
import { element, setHidden, setText } from '../shared/dom';
import { formatSteady } from '../shared/format';
import { formatBytes, formatCount, formatName } from './format';

type FileMessage = Extract<HostToCheckpoint, { type: 'file' }>;
type Act = Inspection | 'resume' | 'explore' | 'openRun' | 'compare';

const BUTTONS: readonly { readonly act: Act; readonly icon: string; readonly label: string; readonly title: string }[] =
  [
    { act: 'sample', icon: 'sparkle', label: 'Sample', title: 'Draw samples from this checkpoint' },
    { act: 'evaluate', icon: 'beaker', label: 'Evaluate', title: 'Evaluate this checkpoint on the test set' },
    {
      ...{ act: 'quality', icon: 'pulse', label: 'Sample Quality' },
      title: 'Compare 10,000 samples with test data: classifier-FID, precision, recall and others',
    },
    { act: 'resume', icon: 'debug-continue', label: 'Resume from Here', title: 'Train a new run that begins here' },
    { act: 'explore', icon: 'telescope', label: 'Latents', title: 'Open in the Latent Explorer' },
    { act: 'openRun', icon: 'graph-line', label: 'Open Run', title: 'Show the run of this checkpoint' },
    { act: 'compare', icon: 'diff', label: 'Compare…', title: 'Compare with another file of tensors' },
  ];

/** Name and totals of the file, and the actions for it. */
export class Header {
  private readonly name = element('h1');
  private readonly facts = element('span', { class: 'dim number' });
  private readonly lookOnly = element('span', { class: 'dim look-only', hidden: true });
  private readonly trust = element('button', { type: 'button', class: 'link', hidden: true }, 'Manage Workspace Trust');
  private readonly buttons = new Map<Act, VscodeToolbarButton>();
  readonly node: HTMLElement;

  constructor(act: (act: Act) => void, post: (message: CheckpointToHost) => void) {
    const toolbar = element('div', { class: 'actions', role: 'toolbar', 'aria-label': 'File' });
    for (const { act: what, icon, label, title } of BUTTONS) {
      const button = element('vscode-toolbar-button', { icon, label, title, 'data-act': what, hidden: true });
      button.append(element('span', { class: 'action-label' }, label));
      button.addEventListener('click', () => act(what));
      this.buttons.set(what, button);
      toolbar.append(button);
    }
    this.trust.addEventListener('click', () => post({ type: 'intent', intent: 'trust' }));
    this.node = element(
      'header',
      { class: 'file-header' },
      element('div', { class: 'file-title' }, this.name, this.facts),
      toolbar,
      element('div', { class: 'look' }, this.lookOnly, this.trust),
    );
  }

  /** @param parameters of the model without the optimizer's state, if known */
  update({ name, summary, own, note }: FileMessage, parameters: number): void {
    setText(this.name, formatName(name));
    this.name.title = formatName(name);
    // A line may end between two facts, and not between a number and what it counts.
    const facts = factsOf(summary, own, parameters).map((fact) => element('span', { class: 'fact' }, fact));
    this.facts.replaceChildren(...facts.flatMap((fact, i) => (i > 0 ? [' · ', fact] : [fact])));
    for (const [what, button] of this.buttons) {
      setHidden(button, what !== 'compare' && !own?.intents.includes(what));
    }
    const words = own?.lookOnly ?? note;
    setHidden(this.lookOnly, words === undefined);
    setText(this.lookOnly, words ?? '');
    setHidden(this.trust, own?.lookOnly === undefined || !own.lookOnly.includes('Restricted'));
  }

  /** @param what the running inspection; undefined for none */
  setBusy(what: Inspection | undefined): void {
    const why = what && whyInspecting(what);
    for (const act of ['sample', 'evaluate', 'quality'] as const) setToolbarButtonDisabled(this.buttons.get(act)!, why);
  }
}

function factsOf(summary: FileMessage['summary'], own: FileMessage['own'], parameters: number): string[] {
  const { format, misnamed, size, files, tensors } = summary;
  const what =
    own === undefined
      ? [misnamed === undefined ? format : `${format}, named ${misnamed}`]
      : [
          own.title,
          `step ${formatCount(own.step)}`,
          ...(own.requested ? ['kept until you delete it'] : []),
          ...(own.headline ? [`${own.headline.label} ${formatSteady(own.headline.value)}`] : []),
        ];
  return [
    ...what,
    `${formatBytes(size)}${files > 1 ? ` in ${formatCount(files)} files` : ''}`,
    plural(tensors, 'tensor', 'tensors', formatCount(tensors)),
    plural(parameters, 'parameter', 'parameters', formatCount(parameters)),
  ];
}
