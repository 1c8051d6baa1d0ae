import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { formatDuration } from '../../src/common/duration';

import { element, setHidden, setText } from '../shared/dom';
import type { RunView } from '../shared/runStore';

const TICK_MILLISECONDS = 500;
const FIRST = 'starting the trainer';
const LAST = 'taking the first steps';

interface Stage {
  readonly name: string;
  readonly begun: number;
  ended: number | undefined;
}

/** The stages of a run before its first values: those completed with their duration, and the current one. */
export class StagesPanel {
  readonly node: HTMLElement;
  private readonly list = element('ol', { class: 'stages-list' });
  private readonly stages: Stage[] = [];
  private ticking: ReturnType<typeof setInterval> | undefined;

  constructor() {
    this.node = element(
      'section',
      { class: 'stages', 'aria-label': 'Start of training', hidden: true },
      this.list,
      element('p', { class: 'dim' }, 'The first start on a machine takes longer: libraries come from the disk.'),
    );
  }

  update(run: RunView): void {
    const stage = stageOf(run);
    setHidden(this.node, stage === undefined);
    if (stage === undefined) return this.stop();
    const last = this.stages.at(-1);
    if (last?.name !== stage || last.ended !== undefined) {
      // A restart, as by a resume, begins a new list.
      if (last?.ended !== undefined) this.stages.length = 0;
      else if (last) last.ended = performance.now();
      this.stages.push({ name: stage, begun: performance.now(), ended: undefined });
    }
    this.ticking ??= setInterval(() => this.draw(), TICK_MILLISECONDS);
    this.draw();
  }

  private stop(): void {
    clearInterval(this.ticking);
    this.ticking = undefined;
    const last = this.stages.at(-1);
    if (last) last.ended ??= performance.now();
  }

  private draw(): void {
    while (this.list.childElementCount > this.stages.length) this.list.lastElementChild?.remove();
    while (this.list.childElementCount < this.stages.length) this.list.append(stageItem());
    this.stages.forEach(({ name, begun, ended }, i) => {
      const [icon, label, time] = [...(this.list.children[i]?.children ?? [])];
      if (!icon || !label || !time) return;
      const going = ended === undefined;
      icon.setAttribute('name', going ? 'loading' : 'check');
      icon.toggleAttribute('spin', going);
      setText(label, name.charAt(0).toUpperCase() + name.slice(1));
      setText(time, timeOf(((ended ?? performance.now()) - begun) / 1000));
    });
  }
}

/** Tenths of a second for short durations, since most stages take less than a second. */
function timeOf(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(Math.floor(seconds));
}

function stageItem(): HTMLElement {
  return element(
    'li',
    {},
    element('vscode-icon', { size: 14 }),
    element('span'),
    element('span', { class: 'dim number' }),
  );
}

/** The activity before the first values; undefined after them, or if nothing starts. */
function stageOf({ summary, series }: RunView): string | undefined {
  const { status, activity, step, obstacle } = summary;
  if (obstacle !== undefined) return undefined;
  if (status === 'starting') return activity ?? FIRST;
  const nothingYet = [...series.values()].every(({ length }) => length === 0);
  return status === 'running' && step === 0 && nothingYet ? (activity ?? LAST) : undefined;
}

/** Whether the run is starting and has no values yet. */
export function isStarting(run: RunView): boolean {
  return stageOf(run) !== undefined;
}
