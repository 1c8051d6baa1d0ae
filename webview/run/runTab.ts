import { assertNever } from '../../src/common/assertNever';
import { isLive } from '../../src/protocol/status';
import type { RunIntent, RunSummary } from '../../src/protocol/views';
import { stepAt } from '../shared/axis';
import { ChartBoard } from '../shared/chartBoard';
import { HeatBoard } from '../shared/heatBoard';
import { ChartControls } from '../shared/chartControls';
import { Cursor } from '../shared/cursor';
import { element, setHidden, setText } from '../shared/dom';
import type { Host, OutcomeMessage } from '../shared/host';
import { planCharts, planFurtherCharts, planHeatMaps } from '../shared/plan';
import { PlanCache } from '../shared/planCache';
import type { RunStore, RunView } from '../shared/runStore';
import type { SettingsStore } from '../shared/settings';
import { readTheme, runColor, type Theme } from '../shared/theme';
import { AlertsBanner } from './alerts';
import { Banner } from './banner';
import { EventsPanel } from './events';
import { Header } from './header';
import { HyperparametersPanel } from './hyperparameters';
import { InspectionPanel } from './inspection';
import { Lightbox } from './lightbox';
import { FurtherHistograms } from './panels/furtherHistograms';
import { ColumnHead, ComparedRun, isMoving } from './comparison';
import { Panels, panelServices, stopsOf, type PanelActions } from './panels/panels';
import { Player } from './player';
import { mergeStops, Playhead } from './playhead';
import { Timeline } from './timeline';
import { SpecificationPanel } from './specification';
import { isStarting, StagesPanel } from './stages';

const GONE = 'This run no longer exists: its folder was moved or deleted.';
const LOOKING = 'Looking for this run. If its folder was moved or deleted, close this tab.';

/** The trainer's next state arrives within this time. */
const STATE_MILLISECONDS = 500;

/** The run tab: header, charts, and the images at the playhead's step. */
export class RunTab {
  readonly node: HTMLElement;
  private readonly playhead = new Playhead();
  private readonly player = new Player(this.playhead, () => this.playingChanged());
  private readonly timeline = new Timeline(this.playhead, this.player);
  private readonly transport = element('div', { class: 'transport', hidden: true });
  private readonly head = new ColumnHead();
  private compared: { readonly key: string; readonly column: ComparedRun } | undefined;
  private readonly cursor = new Cursor();
  private readonly header: Header;
  private readonly banner: Banner;
  private readonly alerts: AlertsBanner;
  private readonly controls: ChartControls;
  private readonly board: ChartBoard;
  private readonly furtherBoard: ChartBoard;
  private readonly heatBoard: HeatBoard;
  private readonly further: HTMLDetailsElement;
  private readonly pictures: Panels;
  private readonly histograms: FurtherHistograms;
  private readonly lightbox = new Lightbox();
  private readonly specification: SpecificationPanel;
  private readonly hyperparameters: HyperparametersPanel;
  private readonly inspection: InspectionPanel;
  private readonly stages = new StagesPanel();
  private readonly events = new EventsPanel((step) => this.playhead.pinTo(step));
  private readonly content = element('main', { class: 'run-content' });
  private readonly noCurves = element('p', { class: 'no-curves dim', hidden: true });
  private readonly missing = element('p', { class: 'missing dim', hidden: true });
  private readonly plans = new PlanCache(planCharts);
  private readonly furtherPlans = new PlanCache(planFurtherCharts);
  private readonly heatPlans = new PlanCache((runs) => [
    ...planHeatMaps(runs, 'declared'),
    ...planHeatMaps(runs, 'foreign'),
  ]);
  /** Intents in flight, so that repeated clicks send one request. */
  private readonly underWay = new Set<RunIntent>();
  /** Names of the values that the last resume applied. */
  private resumedWith: readonly string[] = [];
  private seen = false;
  private theme = readTheme();

  constructor(
    private readonly key: string,
    private readonly store: RunStore,
    private readonly host: Host,
    private readonly settings: SettingsStore,
  ) {
    this.header = new Header({
      intend: (intent) => this.intend(intent),
      setUpTensorFlow: () => host.post({ type: 'setUpTensorFlow' }),
      explore: () => host.post({ type: 'explore', run: key }),
      stepPhase: (phase) => host.post({ type: 'intent', intent: 'step', run: key, phase }),
      setPace: (stepsPerSecond) => host.post({ type: 'intent', intent: 'pace', run: key, stepsPerSecond }),
      compare: () => host.post({ type: 'compare', run: key, end: false }),
    });
    const openRecord = () => host.post({ type: 'openRecord', run: key });
    this.banner = new Banner({
      showLog: () => host.post({ type: 'showLog', run: key }),
      openRecord,
      resumeWithoutLastEdit: () => this.resume(true),
      change: (name) => this.hyperparameters.focus(name),
    });
    this.alerts = new AlertsBanner({
      set: (name, value) => host.post({ type: 'set', run: key, name, value }),
      resumeWith: (name, value) => this.resume(false, { [name]: value }),
    });
    this.specification = new SpecificationPanel(settings, openRecord);
    this.hyperparameters = new HyperparametersPanel(
      (name, value) => host.post({ type: 'set', run: key, name, value }),
      () => this.resume(),
    );
    this.inspection = new InspectionPanel({
      inspect: (what, samples) => host.post({ type: 'inspect', run: key, what, samples }),
      cancel: () => host.post({ type: 'cancelInspection' }),
      save: () => host.post({ type: 'saveInspection' }),
      enlarge: (image) => this.lightbox.open(image),
    });
    const services = panelServices(this.playhead, settings, this.actionsOf(key));
    this.pictures = new Panels(this.playhead, services);
    this.histograms = new FurtherHistograms(services, () => host.requestDraw());
    const board = { settings, cursor: this.cursor, requestDraw: () => host.requestDraw() };
    this.board = new ChartBoard(board);
    this.furtherBoard = new ChartBoard({ ...board, small: true });
    this.heatBoard = new HeatBoard(settings, () => host.requestDraw());
    this.controls = new ChartControls(settings, () => {
      this.board.setZoom(undefined);
      this.furtherBoard.setZoom(undefined);
    });
    this.further = element(
      'details',
      { class: 'further' },
      element('summary', {}, 'More curves'),
      this.furtherBoard.node,
      this.heatBoard.node,
    );
    this.further.open = settings.value.more;
    this.further.addEventListener('toggle', () => settings.update({ more: this.further.open }));
    this.head.node.hidden = true;
    this.content.append(
      this.head.node,
      element(
        'div',
        { class: 'curves' },
        this.hyperparameters.node,
        this.controls.node,
        this.stages.node,
        this.noCurves,
        this.board.node,
        this.further,
        this.histograms.node,
      ),
      this.pictures.node,
      this.events.node,
      this.transport,
    );
    this.pictures.node.prepend(this.inspection.node, this.timeline.node);
    this.node = element(
      'div',
      { class: 'run-tab' },
      this.header.node,
      this.banner.node,
      this.alerts.node,
      this.specification.node,
      this.content,
      this.missing,
      this.lightbox.node,
    );
    this.node.hidden = true;
    this.connectPlayhead();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.host.requestDraw();
  }

  /** Handles the outcome of an inspection, a change or an intent. */
  take(message: OutcomeMessage): void {
    switch (message.type) {
      case 'inspection':
        return this.inspection.take(message);
      case 'notApplied':
        return this.hyperparameters.refused(message.name);
      case 'acted':
        this.underWay.delete(message.intent);
        if (message.intent === 'pace') setTimeout(() => this.settlePace(), STATE_MILLISECONDS);
        // Values that the resume did not apply become drafts again.
        if (message.intent === 'continue') for (const name of this.resumedWith) this.hyperparameters.refused(name);
        return;
      default:
        return assertNever(message);
    }
  }

  draw(): void {
    const run = this.store.get(this.key);
    setHidden(this.node, !this.store.filled);
    this.seen ||= run !== undefined;
    setHidden(this.missing, run !== undefined);
    setText(this.missing, this.seen ? GONE : LOOKING);
    for (const part of [this.header.node, this.content]) setHidden(part, run === undefined);
    if (!run) {
      for (const part of [this.banner.node, this.alerts.node, this.specification.node]) setHidden(part, true);
      return;
    }
    const { summary } = run;
    this.header.update(summary, this.store.lookOnly);
    this.banner.update(summary, run.detail);
    this.alerts.update(summary, run.detail);
    this.specification.update(run);
    this.hyperparameters.update(run);
    this.stages.update(run);
    this.inspection.update(run);
    this.drawCharts(run);
    const other = this.store.runs.find((each) => each.summary.key !== this.key);
    this.showBeside(run, other);
    const shown = other ? [run, other] : [run];
    this.playhead.setStops(mergeStops(shown.map(stopsOf)));
    this.timeline.update(shown.some((each) => isMoving(each.summary)));
    const nothing = !this.pictures.update(run, this.theme) && !this.inspection.visible;
    setHidden(this.pictures.node, nothing);
    this.content.classList.toggle('charts-only', nothing && !other);
    this.histograms.update(run, this.playhead.step, this.theme);
    this.events.update(run);
  }

  private drawCharts(run: RunView): void {
    this.controls.setZoomed(this.board.zoom !== undefined || this.furtherBoard.zoom !== undefined);
    this.node.style.setProperty('--run-color', runColor(this.theme, run.summary.color));
    const { pin } = this.playhead;
    const plans = this.plans.of([run]);
    this.board.draw(plans, [run], this.theme, pin);
    setHidden(this.controls.node, plans.length === 0);
    setHidden(this.noCurves, plans.length > 0 || isStarting(run));
    setText(
      this.noCurves,
      !this.store.complete
        ? 'Reading the curves…'
        : mayStillLog(run.summary)
          ? 'No curves logged yet.'
          : 'There are no curves in its event files.',
    );
    const rest = this.furtherPlans.of([run]);
    const heat = this.heatPlans.of([run]);
    setHidden(this.further, rest.length + heat.length === 0);
    if (!this.further.open) return;
    this.furtherBoard.draw(rest, [run], this.theme, pin);
    this.heatBoard.draw(heat, [run], this.theme);
  }

  /** Two columns under one playhead while there is a second run; the slider then stays in sight. */
  private showBeside(run: RunView, other: RunView | undefined): void {
    const key = other?.summary.key;
    if (this.compared?.key !== key) {
      this.compared?.column.dispose();
      this.compared = key === undefined ? undefined : { key, column: this.columnOf(key) };
      this.content.append(...(this.compared?.column.nodes ?? []), this.transport);
      this.content.classList.toggle('comparing', key !== undefined);
      if (key === undefined) this.inspection.node.after(this.timeline.node);
      else {
        this.transport.append(this.timeline.node);
        this.rememberCompared(key);
      }
      for (const node of [this.head.node, this.transport]) setHidden(node, key === undefined);
    }
    if (other === undefined) return;
    this.head.update(run, this.theme);
    this.compared!.column.draw(other, this.theme);
  }

  private columnOf(key: string): ComparedRun {
    return new ComparedRun({
      ...{ playhead: this.playhead, settings: this.settings, actions: this.actionsOf(key) },
      open: () => this.host.post({ type: 'openRun', run: key }),
      end: () => {
        this.rememberCompared(undefined);
        this.host.post({ type: 'compare', run: this.key, end: true });
      },
      requestDraw: () => this.host.requestDraw(),
    });
  }

  /** VS Code gives this state to the tab's serializer after a reload of the window. */
  private rememberCompared(compared: string | undefined): void {
    const { editor } = this.host;
    const state = editor.getState();
    editor.setState({ ...(typeof state === 'object' ? state : {}), compared });
  }

  private actionsOf(key: string): PanelActions {
    const { host } = this;
    return {
      image: (tag, step) => host.value('image', { run: key, tag, step }),
      tensor: (tag, step) => host.value('tensor', { run: key, tag, step }),
      histograms: (tag, from, signal) => host.value('histograms', { run: key, tag, from }, signal),
      enlarge: (image) => this.lightbox.open(image),
      save: (tag, step) => host.post({ type: 'saveImage', run: key, tag, step }),
    };
  }

  private settlePace(): void {
    this.header.paceSettled();
    this.host.requestDraw();
  }

  private intend(intent: RunIntent): void {
    if (intent === 'continue') return this.resume();
    // Two presses of Step are two steps.
    if (intent !== 'step' && this.underWay.has(intent)) return;
    this.underWay.add(intent);
    this.host.post({ type: 'intent', intent, run: this.key });
  }

  /** A resume applies the drafts in the fields, and these values; it is refused while a draft is invalid. */
  private resume(withoutLastEdit = false, values: Readonly<Record<string, number>> = {}): void {
    if (this.underWay.has('continue')) return;
    const { set: drafts, invalid } = this.hyperparameters.drafts();
    const set = { ...drafts, ...values };
    if (invalid !== undefined) return this.hyperparameters.focus(invalid);
    this.underWay.add('continue');
    this.resumedWith = Object.keys(set);
    if (!withoutLastEdit && this.resumedWith.length === 0) {
      return this.host.post({ type: 'intent', intent: 'continue', run: this.key });
    }
    this.host.post({ type: 'resumeWith', run: this.key, withoutLastEdit, set });
    this.hyperparameters.sent(set);
  }

  private playingChanged(): void {
    this.rememberPin();
    this.host.requestDraw();
  }

  /** While it plays the pin moves many times a second. */
  private rememberPin(): void {
    const { pin } = this.playhead;
    if (!this.player.playing && pin !== this.settings.value.pinned) this.settings.update({ pinned: pin });
  }

  /** Hovering a chart previews its step; a click pins it, or follows again at the newest point. */
  private connectPlayhead(): void {
    this.playhead.pinTo(this.settings.value.pinned);
    this.playhead.onChange(() => {
      this.rememberPin();
      this.host.requestDraw();
    });
    const toStep = (x: number) => {
      const run = this.store.get(this.key);
      const transform = run?.transform(this.settings.value.axis);
      return run && transform && stepAt(transform, run, x);
    };
    this.cursor.onMove((position) => this.playhead.preview(position && toStep(position.x)));
    this.cursor.onPick((x) => {
      const step = toStep(x);
      const newest = this.store.get(this.key)?.reference.steps.at(-1) ?? Infinity;
      this.playhead.pinTo(step === undefined || step >= newest ? undefined : Math.round(step));
    });
  }
}

/** Whether curves are expected: a run that has ended logs no more by itself. */
function mayStillLog({ status }: RunSummary): boolean {
  return status === 'created' || isLive(status);
}
