import type { RunSummary } from '../../src/protocol/views';
import { stepAt } from '../shared/axis';
import { ChartBoard } from '../shared/chartBoard';
import { Cursor } from '../shared/cursor';
import { element, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';
import { planCharts } from '../shared/plan';
import { PlanCache } from '../shared/planCache';
import type { RunView } from '../shared/runStore';
import type { SettingsStore } from '../shared/settings';
import { statusLook } from '../shared/status';
import { runColor, type Theme } from '../shared/theme';
import { Panels, panelServices, type PanelActions } from './panels/panels';
import type { Playhead } from './playhead';

/** The name, status and step of a run above its column. */
export class ColumnHead {
  readonly node: HTMLElement;
  private readonly name = element('h2');
  private readonly state = element('span', { class: 'dim number' });

  constructor(...actions: readonly HTMLElement[]) {
    this.node = element('header', { class: 'column-head' }, element('i'), this.name, this.state, ...actions);
  }

  update({ summary }: RunView, theme: Theme): void {
    this.node.style.setProperty('--run-color', runColor(theme, summary.color));
    setText(this.name, summary.name);
    this.name.title = summary.presentation?.title ?? summary.name;
    setText(this.state, `${statusLook(summary).label} · step ${formatStep(summary.step)}`);
  }
}

interface ComparedParts {
  readonly playhead: Playhead;
  readonly settings: SettingsStore;
  readonly actions: PanelActions;
  /** Opens the run's own tab. */
  open(): void;
  /** Ends the comparison. */
  end(): void;
  requestDraw(): void;
}

/** The column of a second run beside the tab's own: its panels and curves at the same playhead. */
export class ComparedRun {
  readonly nodes: readonly HTMLElement[];
  private readonly head: ColumnHead;
  private readonly panels: Panels;
  private readonly board: ChartBoard;
  private readonly curves: HTMLElement;
  private readonly nothing = element('p', { class: 'dim' });
  private readonly plans = new PlanCache(planCharts);
  private run: RunView | undefined;

  constructor(private readonly parts: ComparedParts) {
    const { playhead, settings, actions, requestDraw } = parts;
    const open = element('button', { type: 'button', class: 'link' }, 'Open');
    open.addEventListener('click', () => parts.open());
    const end = element('button', { type: 'button', class: 'link' }, 'End comparison');
    end.addEventListener('click', () => parts.end());
    this.head = new ColumnHead(open, end);
    this.panels = new Panels(playhead, panelServices(playhead, settings, actions));
    // The runs have axes of their own: epochs of another length, another beginning.
    const cursor = new Cursor();
    this.board = new ChartBoard({ settings, cursor, requestDraw });
    this.curves = element('div', { class: 'curves' }, this.nothing, this.board.node);
    this.nodes = [this.head.node, this.panels.node, this.curves];
    for (const node of this.nodes) node.classList.add('second');
    cursor.onMove((position) => playhead.preview(position && this.toStep(position.x)));
    cursor.onPick((x) => {
      const step = this.toStep(x);
      if (step !== undefined) playhead.pinTo(Math.round(step));
    });
  }

  draw(run: RunView, theme: Theme): void {
    this.run = run;
    for (const node of this.nodes) node.style.setProperty('--run-color', runColor(theme, run.summary.color));
    this.head.update(run, theme);
    setHidden(this.panels.node, !this.panels.update(run, theme));
    const plans = this.plans.of([run]);
    this.board.draw(plans, [run], theme, this.parts.playhead.pin);
    setHidden(this.nothing, plans.length > 0);
    setText(this.nothing, 'No curves logged yet.');
  }

  dispose(): void {
    this.panels.dispose();
    this.board.dispose();
    for (const node of this.nodes) node.remove();
  }

  private toStep(x: number): number | undefined {
    const transform = this.run?.transform(this.parts.settings.value.axis);
    return this.run && transform && stepAt(transform, this.run, x);
  }
}

/** Whether a run still trains, so that its newest step moves. */
export function isMoving({ intents, status }: RunSummary): boolean {
  return intents.includes('pause') || status === 'running';
}
