import type { LatentSource } from '../../src/protocol/latent';
import { element, setHidden, setText } from '../shared/dom';
import type { Theme } from '../shared/theme';
import { Following } from './control/following';
import { Navigation } from './control/navigation';
import { Picking } from './control/picking';
import { rememberChoices } from './control/remembering';
import { selectWithGestures } from './control/selecting';
import { connectSource } from './control/source';
import { Saving } from './export/saving';
import type { LatentHost } from './host/latentHost';
import { PointPipeline } from './model/pipeline';
import { decodeRemembered } from './model/remembered';
import { ExplorerStore } from './model/state';
import { factsOf } from './stage/facts';
import { liveStatus } from './stage/liveStatus';
import { Mapping } from './stage/mapping';
import { Message } from './stage/message';
import { ProgressBar } from './stage/progressBar';
import { Search } from './stage/search';
import { SourceBanner } from './stage/sourceBanner';
import { Stage } from './stage/stage';
import { TimeBar } from './stage/timeBar';
import { Toolbar } from './stage/toolbar';
import { makeTools } from './tools/index';

/**
 * The tab: creates its parts, passing each the parts that it uses, and lays them out. A part subscribes to the slices
 * of the store that it reads, so no other wiring is needed.
 */
export class Explorer {
  readonly node: HTMLElement;
  private readonly store: ExplorerStore;

  constructor(host: LatentHost, theme: Theme) {
    const remembered = decodeRemembered(host.editor.getState());
    const { view, set, step, draws } = remembered;
    const store = (this.store = new ExplorerStore({ theme, view, set, step, draws }));
    const message = new Message();
    const progress = new ProgressBar();
    const stage = new Stage(store, progress.node, liveStatus(store));
    const { scatter } = stage;
    const mapping = new Mapping(store, stage, progress, message);
    const pipeline = new PointPipeline(host, store, progress);
    const following = new Following(host, store, pipeline, mapping, message);
    const navigation = new Navigation(store, pipeline, following, mapping, message);
    const saving = new Saving(host, store, stage, mapping, message);
    const picking = new Picking(store, scatter);
    const tools = makeTools({ store, saving, picking, message }, stage);
    selectWithGestures(store, scatter, tools.selection, message);
    const search = new Search(store, scatter, picking, tools.selection);
    const toolbar = new Toolbar(store, navigation, saving, scatter);
    const banner = new SourceBanner(host, store);
    stage.bottom.append(new TimeBar(store, navigation).node);
    const content = element('main', { class: 'latent-content' }, stage.node, toolColumn(store, tools.all));
    progress.wait('Opening…');
    store.on(['source'], () => {
      const state = store.state.source?.state;
      progress.wait(state?.kind === 'starting' ? sentence(state.activity) : undefined);
      // Without anything to explore, nothing is offered.
      const empty = isUnavailable(state) && !store.state.points;
      for (const node of [toolbar.node, search.node, content]) setHidden(node, empty);
    });
    rememberChoices(host, store, tools.all, remembered);
    connectSource(host, store);
    this.node = element(
      'div',
      { class: 'latent-tab' },
      header(host, store, search.node),
      toolbar.node,
      // An overlay, so that a message moves nothing.
      element('div', { class: 'latent-notices' }, element('div', {}, banner.node, message.node)),
      content,
    );
  }

  setTheme(theme: Theme): void {
    this.store.update({ theme });
  }
}

function header(host: LatentHost, store: ExplorerStore, search: HTMLElement): HTMLElement {
  const name = element('span', {});
  const facts = element('span', { class: 'dim number' });
  const open = element('button', { type: 'button', class: 'link' }, 'Open run');
  open.addEventListener('click', () => host.post({ type: 'openRun' }));
  store.on(['source'], () => setText(name, store.sourceName));
  store.on(['points'], () => store.state.points && setText(facts, factsOf(store.state.points)));
  const title = element('h1', {}, element('span', { class: 'view-name' }, 'Latent Explorer · '), name);
  return element('header', { class: 'latent-header' }, title, facts, open, search);
}

/** The tools, which can be used once there are points. */
function toolColumn(store: ExplorerStore, tools: readonly { readonly node: HTMLElement }[]): HTMLElement {
  const nodes = tools.map(({ node }) => node);
  const column = element('aside', { class: 'tools', 'aria-label': 'Tools', inert: true }, ...nodes);
  store.on(['points'], () => (column.inert = false));
  return column;
}

function isUnavailable(state: LatentSource['state'] | undefined): boolean {
  return state?.kind === 'untrusted' || state?.kind === 'problem';
}

/** "loading the checkpoint" → "Loading the checkpoint…" */
function sentence(activity: string): string {
  return `${activity.charAt(0).toUpperCase()}${activity.slice(1)}…`;
}
