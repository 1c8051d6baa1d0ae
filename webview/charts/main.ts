import '../shared/base.css';
import '../shared/controls.css';
import '../shared/chart.css';
import './charts.css';
import { ChartBoard } from '../shared/chartBoard';
import { ChartControls } from '../shared/chartControls';
import { Cursor } from '../shared/cursor';
import { element, setHidden } from '../shared/dom';
import { Host } from '../shared/host';
import { planCharts } from '../shared/plan';
import { PlanCache } from '../shared/planCache';
import { RunStore } from '../shared/runStore';
import { SettingsStore } from '../shared/settings';
import { readTheme, watchTheme } from '../shared/theme';
import { EmptyState } from './emptyState';
import { RunList } from './runList';
import { keepEditingKeys } from '../shared/typing';

keepEditingKeys();

/** The side panel's charts: the curves of all runs that the host shows, over each other. */
const store = new RunStore();
const host = Host.acquire((message) => store.apply(message), draw);
const settings = new SettingsStore(host.api);
const board = new ChartBoard({ colors: 'run', settings, cursor: new Cursor(), requestDraw: () => host.requestDraw() });
const controls = new ChartControls(settings, () => board.setZoom(undefined));
const runList = new RunList(settings, {
  open: (run) => host.post({ type: 'open', run }),
  overlay: (runs, shown) => host.post({ type: 'overlay', runs: [...runs], shown }),
});
const empty = new EmptyState(() => host.post({ type: 'trainVae' }));
const content = element('main', { class: 'charts-view' }, controls.node, runList.node, board.node, empty.node);
const charts = new PlanCache(planCharts);
let theme = readTheme();

function draw(): void {
  const { runs } = store;
  const plans = charts.of(runs);
  setHidden(controls.node, plans.length === 0);
  empty.show(store, plans.length > 0);
  runList.update(store.choices, runs, theme);
  controls.setZoomed(board.zoom !== undefined);
  board.draw(plans, runs, theme);
}

watchTheme()((changed) => {
  theme = changed;
  host.requestDraw();
});
document.body.append(host.trouble, content);
host.start();
