import '../shared/toolbarButton';
import type { RunSummary } from '../../src/protocol/views';
import { element, setHidden } from '../shared/dom';
import { formatRate } from '../shared/format';

/** Steps per second; every step is drawn at the slower ones of these. */
const PACES = [10, 3, 1] as const;
const FULL = 'full';

/** A button for each phase of a training step, which carries out that phase alone; only while the run is paused. */
export class PhaseButtons {
  readonly node = element('span', { class: 'phases', hidden: true });
  private drawn = '';

  constructor(private readonly step: (phase: string) => void) {}

  update({ intents, presentation }: RunSummary): void {
    const phases = intents.includes('step') ? (presentation?.phases ?? []) : [];
    setHidden(this.node, phases.length === 0);
    const drawn = JSON.stringify(phases);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.node.replaceChildren(...phases.map((phase) => this.button(phase)));
  }

  private button(phase: string): HTMLElement {
    const label = `Step ${capitalized(phase)}`;
    const title = `Train one step of the ${phase} alone: the other parts of the step are left out`;
    const button = element(
      'vscode-toolbar-button',
      { icon: 'debug-step-into', label, title, 'data-phase': phase },
      label,
    );
    button.addEventListener('click', () => this.step(phase));
    return button;
  }
}

/** How fast a live run trains: full speed, or slowly enough to watch each step. */
export class SpeedControl {
  readonly node: HTMLElement;
  private readonly select = element('select', { 'aria-label': 'Speed of training', title: 'Speed of training' });
  private drawn = '';
  /** As the trainer last said. */
  private told: string | undefined;

  constructor(choose: (stepsPerSecond: number | null) => void) {
    this.node = element('span', { class: 'speed', hidden: true }, this.select);
    this.select.addEventListener('change', () => choose(this.select.value === FULL ? null : Number(this.select.value)));
  }

  /** The choice may have come to nothing: shows what the trainer says from now on. */
  settle(): void {
    this.told = undefined;
  }

  update({ intents, pace }: RunSummary): void {
    setHidden(this.node, !intents.includes('pace'));
    // Another window or the command line may have chosen a pace that is not offered here.
    const paces = [...new Set([...PACES, ...(pace === undefined ? [] : [pace])])].sort((a, b) => b - a);
    const drawn = JSON.stringify(paces);
    if (drawn !== this.drawn) {
      const options = paces.map((each) => element('option', { value: String(each) }, formatRate(each)));
      this.select.replaceChildren(element('option', { value: FULL }, 'Full speed'), ...options);
    }
    this.drawn = drawn;
    // A choice that was sent is shown until the trainer says otherwise.
    const value = pace === undefined ? FULL : String(pace);
    if (value === this.told) return;
    this.told = value;
    this.select.value = value;
  }
}

/** The pace as a fact, for those who cannot change it, too. */
export function paceFact({ pace }: RunSummary): string | undefined {
  return pace === undefined ? undefined : `slowed to ${formatRate(pace)}`;
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
