import '../shared/toolbarButton';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { VscodeToolbarButton } from '../shared/toolbarButton';
import { formatDuration } from '../../src/common/duration';
import { panelsOf } from '../../src/protocol/panelsOf';
import { canExplore } from '../../src/protocol/status';
import type { RunIntent, RunSummary } from '../../src/protocol/views';
import { element, setAttributes, setHidden, setText } from '../shared/dom';
import { formatRate, formatSteady, formatStep } from '../shared/format';
import { statusLook } from '../shared/status';
import { paceFact, PhaseButtons, SpeedControl } from './pacing';

export interface HeaderActions {
  intend(intent: RunIntent): void;
  setUpTensorFlow(): void;
  /** Opens the latent explorer. */
  explore(): void;
  /** Makes a step of a single phase. */
  stepPhase(phase: string): void;
  /** Limits the steps per second; null: full speed. */
  setPace(stepsPerSecond: number | null): void;
  /** Shows another run beside this one. */
  compare(): void;
}

/** The buttons in their order; those that do not apply are hidden. */
const BUTTONS: readonly { intent: RunIntent; icon: string; label: string; title: string }[] = [
  { intent: 'resume', icon: 'debug-continue', label: 'Resume', title: 'Continue training' },
  { intent: 'continue', icon: 'debug-continue', label: 'Resume', title: 'Continue from the last checkpoint' },
  { intent: 'pause', icon: 'debug-pause', label: 'Pause', title: 'Pause after this step' },
  { intent: 'step', icon: 'debug-step-over', label: 'Step', title: 'Train a single step' },
  { intent: 'stop', icon: 'debug-stop', label: 'Stop', title: 'Write a checkpoint and stop' },
  { intent: 'sample', icon: 'sparkle', label: 'Sample', title: 'Draw samples now' },
  {
    intent: 'checkpoint',
    icon: 'save',
    label: 'Checkpoint',
    title: 'Write a checkpoint now, and keep it until you delete it',
  },
];

/** Label of Resume for a finished run. */
const LONGER = 'Train Longer…';

/** Name, status, progress and controls of the run; stays in sight while the tab scrolls. */
export class Header {
  readonly node: HTMLElement;
  private readonly name = element('h1');
  private readonly pillIcon = element('vscode-icon', { size: 12 });
  private readonly pillText = element('span');
  private readonly pill = element('span', { class: 'pill', role: 'status' }, this.pillIcon, this.pillText);
  private readonly facts = element('div', { class: 'facts number' });
  private readonly backend = element('span', { class: 'backend dim' });
  private readonly setUp = element('button', { type: 'button', class: 'link' }, 'Set Up TensorFlow');
  private readonly bar = element('i');
  private readonly progress = element(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-label': 'Progress', 'aria-valuemin': 0 },
    this.bar,
  );
  private readonly buttons = new Map<RunIntent, VscodeToolbarButton>();
  private readonly explore = element(
    'vscode-toolbar-button',
    { icon: 'telescope', label: 'Latents', title: 'Open in the Latent Explorer', class: 'explore', hidden: true },
    element('span', { class: 'action-label' }, 'Latents'),
  );

  private readonly phases: PhaseButtons;
  private readonly speed: SpeedControl;

  constructor(actions: HeaderActions) {
    this.phases = new PhaseButtons((phase) => actions.stepPhase(phase));
    this.speed = new SpeedControl((stepsPerSecond) => actions.setPace(stepsPerSecond));
    const toolbar = element('div', { class: 'actions', role: 'toolbar', 'aria-label': 'Run' });
    for (const { intent, icon, label, title } of BUTTONS) {
      const button = element('vscode-toolbar-button', { icon, label, title, 'data-intent': intent, hidden: true });
      button.append(element('span', { class: 'action-label' }, label));
      button.addEventListener('click', () => actions.intend(intent));
      this.buttons.set(intent, button);
      toolbar.append(button);
      if (intent === 'step') toolbar.append(this.phases.node);
    }
    const compare = element(
      'vscode-toolbar-button',
      { icon: 'split-horizontal', label: 'Compare', title: 'Compare with another run…', class: 'compare' },
      element('span', { class: 'action-label' }, 'Compare'),
    );
    compare.addEventListener('click', () => actions.compare());
    this.explore.addEventListener('click', () => actions.explore());
    toolbar.append(this.explore, compare, this.speed.node);
    this.setUp.title = 'Native TensorFlow trains this model many times faster than WebAssembly';
    this.setUp.addEventListener('click', () => actions.setUpTensorFlow());
    this.node = element(
      'header',
      { class: 'run-header' },
      element(
        'div',
        { class: 'run-bar' },
        element('div', { class: 'run-title' }, this.name, this.pill),
        toolbar,
        element(
          'div',
          { class: 'run-facts' },
          this.facts,
          element('span', { class: 'engine' }, this.backend, this.setUp),
        ),
      ),
      this.progress,
    );
  }

  /** A change of speed was carried out, or refused. */
  paceSettled(): void {
    this.speed.settle();
  }

  update(summary: RunSummary, lookOnly: string | undefined): void {
    const look = statusLook(summary);
    setText(this.name, summary.name);
    this.name.title = summary.name;
    setAttributes(this.pillIcon, { name: look.icon, spin: look.icon === 'loading' });
    this.pill.className = `pill tone-${look.tone}`;
    this.pill.title = summary.evidence;
    setText(this.pillText, look.label);
    this.updateFacts(factsOf(summary));
    setText(this.backend, summary.backend?.description ?? '');
    setHidden(this.setUp, summary.backend?.name !== 'wasm' || lookOnly !== undefined);
    setHidden(this.explore, !canExplore(summary));
    this.phases.update(summary);
    this.speed.update(summary);
    for (const { intent, label, title } of BUTTONS) {
      const button = this.buttons.get(intent)!;
      setHidden(button, !summary.intents.includes(intent));
      if (intent !== 'continue') continue;
      const longer = summary.status === 'finished';
      setText(button.firstElementChild!, longer ? LONGER : label);
      setAttributes(button, {
        icon: longer ? 'debug-restart' : 'debug-continue',
        label: longer ? LONGER : label,
        title: longer ? 'Add epochs to this run' : title,
      });
    }
    this.updateProgress(summary);
  }

  private updateFacts(facts: readonly string[]): void {
    while (this.facts.childElementCount > facts.length) this.facts.lastElementChild!.remove();
    while (this.facts.childElementCount < facts.length) this.facts.append(element('span'));
    facts.forEach((fact, i) => setText(this.facts.children[i]!, fact));
  }

  private updateProgress({ step, totalSteps }: RunSummary): void {
    setHidden(this.progress, totalSteps <= 0);
    const share = totalSteps > 0 ? Math.min(1, step / totalSteps) : 0;
    this.bar.style.transform = `scaleX(${share})`;
    setAttributes(this.progress, {
      'aria-valuemax': totalSteps,
      'aria-valuenow': step,
      'aria-valuetext': `${Math.floor(share * 100)} %`,
    });
  }
}

/** The known facts among "epoch 6.7 of 10", "step 3,127 of 4,690", "168 steps/s", "9 s left", … */
function factsOf(summary: RunSummary): string[] {
  const { status, step, totalSteps, stepsPerEpoch, epoch, stepsPerSecond, secondsLeft, activity, headline } = summary;
  const facts: string[] = [];
  if (stepsPerEpoch > 0) {
    const epochs = totalSteps / stepsPerEpoch;
    facts.push(`epoch ${formatEpoch(epoch)}${totalSteps > 0 ? ` of ${formatEpoch(epochs)}` : ''}`);
  }
  // A log of another program has only curves.
  if (status !== 'foreign')
    facts.push(`step ${formatStep(step)}${totalSteps > 0 ? ` of ${formatStep(totalSteps)}` : ''}`);
  const slowed = paceFact(summary);
  if (slowed !== undefined) facts.push(slowed);
  else if (status === 'running' && stepsPerSecond !== null && stepsPerSecond > 0)
    facts.push(formatRate(stepsPerSecond));
  if (status === 'running' && secondsLeft !== null) facts.push(`${formatDuration(secondsLeft)} left`);
  if (headline?.value != null) facts.push(`${headlineLabel(summary)} ${formatSteady(headline.value)}`);
  if (activity !== undefined) facts.push(activity);
  return facts;
}

/** The headline with its series: "test −ELBO". */
function headlineLabel({ headline, presentation }: RunSummary): string {
  const label = headline?.label ?? '';
  const series = panelsOf(presentation, 'curves')
    .flatMap((chart) => chart.series)
    .find(({ tag }) => tag === presentation?.headline.tag);
  if (!series || label.toLowerCase().includes(series.label.toLowerCase())) return label;
  return `${series.label} ${label}`;
}

/** One decimal, truncated, so that an unfinished epoch never reads as finished. */
function formatEpoch(epoch: number): string {
  return String(Math.floor(epoch * 10 + 1e-6) / 10);
}
