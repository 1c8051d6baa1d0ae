import '../shared/base.css';
import '../shared/controls.css';
import '../shared/chart.css';
import './run.css';
import './panels/panels.css';
import { Host } from '../shared/host';
import { RunStore } from '../shared/runStore';
import { SettingsStore } from '../shared/settings';
import { watchTheme } from '../shared/theme';
import { RunTab } from './runTab';
import { keepEditingKeys } from '../shared/typing';

keepEditingKeys();

/** The tab of one run: its key stands on the body. */
const key = document.body.dataset['run'] ?? '';
const store = new RunStore();
const host = new Host(
  (message) => store.apply(message),
  () => tab.draw(),
  (message) => tab.take(message),
);
// VS Code passes this state to the panel's serializer after a reload; it identifies the run.
const state = host.editor.getState();
host.editor.setState({ ...(typeof state === 'object' ? state : {}), run: key });
const tab = new RunTab(key, store, host, new SettingsStore(host.editor));

watchTheme()((theme) => tab.setTheme(theme));
document.body.append(host.trouble, tab.node);
host.start();
