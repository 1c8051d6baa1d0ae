import { errorMessage } from '../../src/common/systemError';
import { isCancelled, RequestError } from '../../src/protocol/channel';
import type { LatentSource } from '../../src/protocol/latent';
import { element, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';
import type { Theme } from '../shared/theme';
import { Saving } from './export/saving';
import type { LatentHost } from './host/latentHost';
import { Exploring } from './model/exploring';
import type { SetChoice } from './model/pointSet';
import { decodeRemembered, withRemembered } from './model/remembered';
import { Selection } from './model/selection';
import type { Explored, ToolActions } from './model/state';
import { isMap, type View } from './projections/projector';
import { factsOf } from './stage/facts';
import { Mapping } from './stage/mapping';
import { Message } from './stage/message';
import { interpret, Search, type Found } from './stage/search';
import { SourceBanner } from './stage/sourceBanner';
import { isDark, Stage } from './stage/stage';
import { TimeBar } from './stage/timeBar';
import { Toolbar } from './stage/toolbar';
import { makeTools, type Tools } from './tools/index';
import type { Change } from './tools/tool';

/** The tab: what is explored, how it is shown, and what follows from what a person does. */
export class Explorer {
  readonly node: HTMLElement;
  private readonly name = element('span', {});
  private readonly title = element('h1', {}, element('span', { class: 'view-name' }, 'Latent Explorer · '), this.name);
  private readonly facts = element('span', { class: 'dim number' });
  private readonly message = new Message();
  private readonly banner: SourceBanner;
  private readonly toolbar: Toolbar;
  private readonly time = new TimeBar((step) => this.goTo(step));
  /** What following a run costs it. */
  private readonly liveWords = element('p', { class: 'dim number live-words', role: 'status' });
  private readonly search = new Search({ look: (text) => this.look(text), go: (text) => this.find(text) });
  private readonly aside: HTMLElement;
  private readonly stage: Stage;
  private readonly mapping: Mapping;
  private readonly tools: Tools;
  private readonly content: HTMLElement;
  private readonly selection = new Selection();
  private readonly exploring: Exploring;
  private readonly saving: Saving;
  private source: LatentSource | undefined;
  private view: View;
  private set: SetChoice;

  constructor(
    private readonly host: LatentHost,
    theme: Theme,
  ) {
    const remembered = decodeRemembered(host.editor.getState());
    [this.view, this.set] = [remembered.view, remembered.set];
    this.time.step = remembered.step;
    this.banner = new SourceBanner({
      trust: () => host.post({ type: 'trust' }),
      restart: () => host.post({ type: 'restart' }),
    });
    this.toolbar = new Toolbar(this.view, {
      view: (view) => this.setView(view),
      mode: (mode) => (this.stage.scatter.mode = mode),
      set: (choice) => this.setChoice(choice),
      label: (label) => this.setLabel(label),
      live: (on) => this.follow(on),
      savePicture: () => void this.saving.map(),
      saveTable: () => void this.saving.table(),
      fit: () => this.fit(),
    });
    this.stage = new Stage(theme, isDark(), { words: this.liveWords, row: this.time.node });
    this.mapping = new Mapping(this.stage, {
      explored: () => this.exploring.explored,
      fellBack: (view) => this.setView(view, false),
      failed: (error) => this.report(error),
    });
    this.exploring = new Exploring(host, this.selection, {
      during: (words, controller, work) => this.stage.progress.during(words, controller, work),
      described: (description) => {
        this.time.open(description.step);
        this.toolbar.describe(description, this.set);
      },
      explored: (explored) => this.show(explored),
      imagesArrived: () => this.refreshImages(),
      failed: (error) => this.report(error),
    });
    this.saving = new Saving(host, {
      shown: () => {
        const { explored, set = this.set } = this.exploring;
        return explored && { explored, set, source: this.shownName, projection: this.mapping.kind ?? 'pca' };
      },
      stage: this.stage,
      said: (words) => this.message.say(words, true),
      failed: (error) => this.report(error),
    });
    const actions: ToolActions = {
      save: (kind, name, bytes) => void this.saving.file(kind, name, bytes),
      saveImages: (images, of) => void this.saving.images(images, of),
      show: (index) => this.showPoint(index),
      probe: (latent) => this.probe(latent, 'the latent itself'),
      path: (latents) => this.stage.markPath(latents),
      report: (error) => this.report(error),
    };
    this.tools = makeTools(theme, actions, {
      decoded: (pixels, original) => this.stage.floating.show(pixels, original),
      reencoded: (latent) => this.stage.markReencoded(latent),
      chooseDimension: (dimension) => this.chooseDimension(dimension),
      positions: () => this.stage.positions,
    });
    if (remembered.open) this.tools.all.forEach((tool) => (tool.node.open = remembered.open!.includes(tool.name)));
    this.tools.all.forEach((tool) => tool.node.addEventListener('toggle', () => this.remember()));
    const open = element('button', { type: 'button', class: 'link' }, 'Open run');
    open.addEventListener('click', () => host.post({ type: 'openRun' }));
    const tools = this.tools.all.map(({ node }) => node);
    this.aside = element('aside', { class: 'tools', 'aria-label': 'Tools', inert: true }, ...tools);
    this.content = element('main', { class: 'latent-content' }, this.stage.node, this.aside);
    this.stage.progress.wait('Opening…');
    this.node = element(
      'div',
      { class: 'latent-tab' },
      element('header', { class: 'latent-header' }, this.title, this.facts, open, this.search.node),
      this.toolbar.node,
      // They lie over what is below: nothing moves when something is said.
      element('div', { class: 'latent-notices' }, element('div', {}, this.banner.node, this.message.node)),
      this.content,
    );
    this.connect();
  }

  setTheme(theme: Theme): void {
    this.stage.setTheme(theme, isDark());
    this.tools.setTheme(theme);
  }

  private connect(): void {
    const { scatter } = this.stage;
    this.host.onSource((source) => this.take(source));
    this.host.onTraining((training) => this.time.train(training));
    this.host.onLatents(({ every, share }) => {
      if (this.exploring.isFollowing) this.writeLive(every, share);
    });
    scatter.onPick((index) => this.pick(index));
    scatter.onProbe((place) => {
      const found = this.stage.latentAt(place);
      if (found) this.probe(found.latent, found.how);
    });
    scatter.onSelect(({ indices, how }) => {
      this.selection.select(indices, how);
      const { count } = this.selection;
      // Where the card is below the map it is said above it.
      if (count > 0 && !this.tools.selection.reveal())
        this.message.say(`${count.toLocaleString('en-US')} selected.`, true);
    });
    scatter.onCancel(() => {
      this.selection.select([]);
      this.setPicked([]);
      this.stage.markProbe(undefined);
    });
    this.selection.onChange(() => this.changed('selection'));
  }

  /** Of the run: a checkpoint's file has a step in its name, which is not that of the points once the slider has moved. */
  private get shownName(): string {
    return this.source?.run ?? this.source?.name ?? '';
  }

  private get live(): boolean {
    const state = this.source?.state;
    return state?.kind === 'ready' && state.live;
  }

  /** What the tab is of, or its state, has changed. */
  private take(source: LatentSource): void {
    const before = this.source;
    this.source = source;
    this.banner.show(source);
    this.time.show(source);
    this.showState(source.state);
    setText(this.name, this.shownName);
    this.remember();
    if (!this.live) this.exploring.endFollowing();
    this.toolbar.showLive(this.live, this.exploring.isFollowing);
    if (!this.exploring.isFollowing) setText(this.liveWords, '');
    // Another process answers. What else is told, as that there is a newer checkpoint, moves no points: the slider does.
    if (source.state.kind === 'ready' && !(before?.state.kind === 'ready' && before.key === source.key))
      void this.load();
  }

  /** What is on its way is said where the points will be; where nothing can come, nothing is offered. */
  private showState(state: LatentSource['state']): void {
    this.stage.progress.wait(state.kind === 'starting' ? sentence(state.activity) : undefined);
    const nothing = (state.kind === 'untrusted' || state.kind === 'problem') && !this.exploring.explored;
    for (const node of [this.toolbar.node, this.search.node, this.content]) setHidden(node, nothing);
  }

  /** Everything from the beginning: what the model is, its points, and what they look like. */
  private async load(): Promise<void> {
    const { time } = this;
    this.message.hide();
    try {
      await this.exploring.load(this.set, time.step, this.live);
    } catch (error) {
      // The checkpoint that was chosen has gone, as the older ones of a run do: the newest stands in for it.
      if (time.step !== undefined && error instanceof RequestError && error.code === 'absent') {
        time.step = undefined;
        return this.load();
      }
      this.report(error);
      this.stay();
      if (!this.exploring.explored) this.message.offer('Nothing is encoded.', 'Encode Again', () => void this.load());
    }
  }

  private async goTo(step: number | undefined): Promise<void> {
    if (this.exploring.isFollowing) this.follow(false, false);
    this.message.hide();
    this.remember();
    try {
      await this.exploring.goTo(step, this.live);
    } catch (error) {
      this.report(error);
      this.stay();
    }
  }

  /** What was asked for has not come: the controls say again what is shown. */
  private stay(): void {
    const { explored, set = this.set } = this.exploring;
    if (!explored) return;
    const { at, description } = explored.model;
    this.time.step = at === description.step ? undefined : at;
    this.set = set;
    this.toolbar.describe(description, set);
    this.remember();
  }

  /** The points are those of other weights or another data set. */
  private async show(explored: Explored): Promise<void> {
    const { classes } = explored.model.description;
    const { set = this.set } = this.exploring;
    if (set !== this.set) this.toolbar.describe(explored.model.description, (this.set = set));
    if (classes && explored.labels) this.stage.legend.show(classes, explored.labels, this.selection, isDark());
    else this.stage.legend.clear();
    const { first, step } = explored.encoding;
    this.time.showPoints({ at: explored.model.at, first, step }, this.exploring.isFollowing);
    this.toolbar.havePoints(true);
    this.search.enabled = true;
    this.aside.inert = false;
    setText(this.facts, factsOf(explored));
    this.tools.all.forEach((tool) => tool.update(explored, 'encoding'));
    this.tools.decode.again();
    await this.reproject();
  }

  private async reproject(): Promise<void> {
    const { explored } = this.exploring;
    if (explored) await this.mapping.show(explored, this.shownView);
  }

  /** A map takes longer than the run to its next state. */
  private get shownView(): View {
    const { view } = this;
    return this.exploring.isFollowing && isMap(view.kind) ? { ...view, kind: 'pca' } : view;
  }

  private setView(view: View, project = true): void {
    this.view = view;
    this.remember();
    if (project) void this.reproject();
    else this.toolbar.choose(view, true);
  }

  private chooseDimension(dimension: number): void {
    const other = this.view.dimensions.find((each) => each !== dimension) ?? 0;
    this.toolbar.choose({ kind: 'dimensions', dimensions: [dimension, other] });
  }

  private setChoice(choice: SetChoice): void {
    this.set = choice;
    if (this.exploring.isFollowing) this.follow(false, false);
    this.remember();
    void this.load();
  }

  private setLabel(label: number): void {
    const { explored } = this.exploring;
    if (explored) explored.model.label = label;
    this.changed('label');
  }

  private follow(on: boolean, reload = true): void {
    this.exploring.follow(on);
    this.toolbar.showLive(true, on);
    setText(this.liveWords, on ? 'waiting for the next step…' : '');
    if (on) {
      this.time.step = undefined;
      this.remember();
    } else if (reload) void this.goTo(undefined);
  }

  private writeLive(every: number, share: number): void {
    const cost = `every ${formatStep(every)} steps · ${(100 * share).toFixed(1)} % of the training time`;
    setText(this.liveWords, isMap(this.view.kind) ? `${cost} · by PCA` : cost);
  }

  private pick(index: number): void {
    const picked = this.exploring.explored?.picked ?? [];
    this.setPicked(picked.includes(index) ? picked.filter((each) => each !== index) : [...picked, index].slice(-2));
  }

  private setPicked(picked: readonly number[]): void {
    const before = this.exploring.explored?.picked ?? [];
    this.exploring.pick(picked);
    const added = picked.filter((index) => !before.includes(index)).at(-1);
    if (added !== undefined) this.decodeAsItsClass(added);
    this.changed('picked');
  }

  /** An image is decoded as what it is, until another class is chosen. */
  private decodeAsItsClass(index: number): void {
    const { explored } = this.exploring;
    const label = explored?.labels?.[index];
    if (!explored?.model.isConditional || label === undefined || label === explored.model.label) return;
    this.toolbar.showLabel(label);
    this.setLabel(label);
  }

  private showPoint(index: number): void {
    const picked = this.exploring.explored?.picked ?? [];
    this.setPicked([...picked.filter((each) => each !== index), index].slice(-2));
    this.stage.scatter.reveal(index);
  }

  private probe(latent: readonly number[], how: string): void {
    this.tools.decode.node.open = true;
    this.stage.markProbe(latent);
    this.tools.decode.probe(latent, how);
  }

  private changed(change: Change): void {
    const { explored } = this.exploring;
    if (!explored) return;
    this.stage.update(explored);
    this.tools.all.forEach((tool) => tool.update(explored, change));
    if (change === 'label') this.tools.decode.again();
  }

  private refreshImages(): void {
    this.stage.refreshCard();
    const { explored } = this.exploring;
    if (explored) this.tools.all.forEach((tool) => tool.update(explored, 'images'));
  }

  /** While it is typed a point is shown, so that what was picked stays; Enter picks it. */
  private look(text: string): string {
    const { explored } = this.exploring;
    if (!explored) return '';
    const found = this.interpret(text, explored);
    if (found.kind !== 'point') {
      this.stage.scatter.setHover(undefined);
      return '';
    }
    this.stage.scatter.reveal(found.index);
    return `Enter picks ${explored.name(found.index)}`;
  }

  private interpret(text: string, explored: Explored): Found {
    const classes = (explored.labels && explored.model.description.classes) ?? [];
    return interpret(text, classes, explored.encoding.latents.count, (index) => explored.name(index));
  }

  private find(text: string): string {
    const { explored } = this.exploring;
    if (!explored) return '';
    const found = this.interpret(text, explored);
    if (found.kind === 'nothing') return 'nothing of that name';
    if (found.kind === 'point') {
      this.showPoint(found.index);
      return `point ${explored.name(found.index)}`;
    }
    const { labels } = explored;
    const indices = labels ? Array.from(labels.keys()).filter((index) => labels[index] === found.label) : [];
    this.selection.select(indices);
    this.tools.selection.reveal();
    return `${indices.length.toLocaleString('en-US')} of class ${explored.model.description.classes?.[found.label] ?? ''}`;
  }

  private fit(): void {
    this.stage.scatter.layer.camera.fit();
    this.stage.scatter.layer.requestMove();
  }

  /** Says what went wrong; what somebody cancelled is nothing wrong. */
  private report(error: unknown): void {
    if (isCancelled(error)) return;
    this.message.say(errorMessage(error));
  }

  private remember(): void {
    const open = this.tools.all.filter(({ node }) => node.open).map(({ name }) => name);
    const { view, set, source, time } = this;
    const remembered = { view, set, step: time.step, open };
    if (source) this.host.editor.setState(withRemembered(this.host.editor.getState(), source.key, remembered));
  }
}

/** "loading the checkpoint" → "Loading the checkpoint…" */
function sentence(activity: string): string {
  return `${activity.charAt(0).toUpperCase()}${activity.slice(1)}…`;
}
