import '../shared/base.css';
import '../shared/controls.css';
import '../shared/chart.css';
import './charts.css';
import { ChartBoard } from '../shared/chartBoard';
import { ChartControls } from '../shared/chartControls';
import { Cursor } from '../shared/cursor';
import { element, setHidden } from '../shared/dom';
import { HeatBoard } from '../shared/heatBoard';
import { Host } from '../shared/host';
import { planCharts, planHeatMaps } from '../shared/plan';
import { PlanCache } from '../shared/planCache';
import { RunStore } from '../shared/runStore';
import { SettingsStore } from '../shared/settings';
import { readTheme, watchTheme } from '../shared/theme';
import { EmptyState } from './emptyState';
import { keepEditingKeys } from '../shared/typing';

keepEditingKeys();

/** The charts of the side panel: the curves of the runs checked in the tree, overlaid. */
const store = new RunStore();
const host = new Host((message) => store.apply(message), draw);
const settings = new SettingsStore(host.editor);
const board = new ChartBoard({ settings, cursor: new Cursor(), requestDraw: () => host.requestDraw() });
const controls = new ChartControls(settings, () => board.setZoom(undefined));
const heatBoard = new HeatBoard(settings, () => host.requestDraw());
const empty = new EmptyState(() => host.post({ type: 'train' }));
const content = element('main', { class: 'charts-view' }, controls.node, board.node, heatBoard.node, empty.node);
const charts = new PlanCache(planCharts);
const heatMaps = new PlanCache((runs) => planHeatMaps(runs, 'foreign'));
let theme = readTheme();

function draw(): void {
  const { runs } = store;
  const plans = charts.of(runs);
  const heat = heatMaps.of(runs);
  setHidden(controls.node, plans.length + heat.length === 0);
  empty.show(store, plans.length + heat.length > 0);
  controls.setZoomed(board.zoom !== undefined);
  board.draw(plans, runs, theme);
  heatBoard.draw(heat, runs, theme);
}

watchTheme()((changed) => {
  theme = changed;
  host.requestDraw();
});
document.body.append(host.trouble, content);
host.start();
