import type { LatentSource } from '../../src/protocol/latent';
import { element, setHidden, setText } from '../shared/dom';
import { formatStep } from '../shared/format';
import type { Theme } from '../shared/theme';
import { RequestError, type LatentHost, type LatentsMessage, type Saved } from './host/latentHost';
import { latentsOf, type Encoding } from './model/encoding';
import { PointSource } from './model/loader';
import { Model } from './model/model';
import type { SetChoice } from './model/pointSet';
import { decodeRemembered, withRemembered } from './model/remembered';
import { Selection } from './model/selection';
import type { Explored, ToolActions } from './model/state';
import { JobCancelled, runJob } from './projections/jobs';
import type { Projection } from './projections/projection';
import { project, type View } from './projections/projector';
import { interpret, Search } from './stage/search';
import { SourceBanner } from './stage/sourceBanner';
import { isDark, Stage } from './stage/stage';
import { TimeBar } from './stage/timeBar';
import { Toolbar } from './stage/toolbar';
import { makeTools, type Tools } from './tools/index';
import { selectionCsv } from './tools/selectionTool';
import type { Change } from './tools/tool';

/** As many images of the test set as are followed in a training, and how often. */
const FOLLOW = { count: 1_000, every: 100 };

/** The tab: what is explored, how it is shown, and what follows from what a person does. */
export class Explorer {
  readonly node: HTMLElement;
  private readonly title = element('h1', {}, 'Latent space');
  private readonly facts = element('span', { class: 'dim number' });
  private readonly message = element('p', { class: 'message', role: 'alert', hidden: true });
  private readonly banner: SourceBanner;
  private readonly toolbar: Toolbar;
  private readonly time = new TimeBar((step) => void this.goTo(step));
  private readonly stage: Stage;
  private readonly tools: Tools;
  private readonly content: HTMLElement;
  private readonly selection = new Selection();
  private source: LatentSource | undefined;
  private model: Model | undefined;
  private points: PointSource | undefined;
  private explored: Explored | undefined;
  private projection: Projection | undefined;
  private view: View;
  private set: SetChoice;
  private following = false;
  /** What is being loaded or projected; the next of the kind ends it. */
  private loading = new AbortController();
  private projecting = new AbortController();

  constructor(
    private readonly host: LatentHost,
    theme: Theme,
  ) {
    const remembered = decodeRemembered(host.api.getState());
    [this.view, this.set] = [remembered.view, remembered.set];
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
      savePicture: () => void this.savePicture(),
      saveTable: () => this.saveTable(),
      fit: () => this.fit(),
    });
    this.stage = new Stage(theme, isDark(), this.time.node);
    const actions: ToolActions = {
      save: (kind, name, bytes) => void this.saved(this.host.save(kind, name, bytes)),
      saveImages: (images) => void this.saved(this.host.saveImages(images)),
      show: (index) => this.show(index),
      probe: (latent) => this.probe(latent, 'the latent itself'),
      path: (latents) => this.stage.markPath(latents),
      report: (error) => this.report(error),
    };
    this.tools = makeTools(theme, actions, {
      reencoded: (latent) => this.stage.markReencoded(latent),
      chooseDimension: (dimension) => this.chooseDimension(dimension),
      positions: () => this.stage.positions,
    });
    if (remembered.open) this.tools.all.forEach((tool) => (tool.node.open = remembered.open!.includes(tool.name)));
    this.tools.all.forEach((tool) => tool.node.addEventListener('toggle', () => this.remember()));
    const open = element('button', { type: 'button', class: 'link' }, 'Open run');
    open.addEventListener('click', () => host.post({ type: 'openRun' }));
    const search = new Search((text) => this.find(text));
    this.content = element(
      'main',
      { class: 'latent-content', hidden: true },
      this.stage.node,
      element('aside', { class: 'tools', 'aria-label': 'Tools' }, ...this.tools.all.map(({ node }) => node)),
    );
    this.node = element(
      'div',
      { class: 'latent-tab' },
      element('header', { class: 'latent-header' }, this.title, this.facts, open, search.node),
      this.toolbar.node,
      this.message,
      this.banner.node,
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
    this.host.onSource((source) => void this.take(source));
    this.host.onLatents((message) => void this.takeFollowed(message));
    scatter.onPick((index) => this.pick(index));
    scatter.onProbe((place) => {
      const found = this.stage.latentAt(place);
      if (found) this.probe(found.latent, found.how);
    });
    scatter.onSelect(({ indices, how }) => {
      this.selection.select(indices, how);
      if (this.selection.count > 0) this.tools.selection.node.open = true;
    });
    scatter.onCancel(() => {
      this.selection.select([]);
      this.setPicked([]);
      this.stage.markProbe(undefined);
    });
    this.selection.onChange(() => this.changed('selection'));
  }

  /** What the tab is of, or its state, has changed. */
  private async take(source: LatentSource): Promise<void> {
    const before = this.source;
    this.source = source;
    this.banner.show(source);
    this.time.show(source);
    setText(this.title, `Latent space · ${source.name}`);
    this.remember();
    const ready = source.state.kind === 'ready';
    const live = source.state.kind === 'ready' && source.state.live;
    if (!live && this.following) this.following = false;
    this.toolbar.showLive(live, this.following);
    const wasReady = before?.state.kind === 'ready' && before.key === source.key;
    // A newer checkpoint or the end of a training changes no points by itself; the slider leads there.
    if (ready && !(wasReady && this.explored)) await this.load();
  }

  /** Everything from the beginning: what the model is, its points, and what they look like. */
  private async load(): Promise<void> {
    const loading = this.restartLoading();
    try {
      const { value: description } = await this.host.request('describe', {}, { signal: loading.signal });
      this.model = new Model(this.host, description);
      this.points?.dispose();
      this.points = new PointSource(this.host, this.model, this.set, () => this.stage.refreshCard());
      this.toolbar.describe(description, this.set, this.model.latent, this.model.label);
      setHidden(this.content, false);
      this.selection.reset(this.points.count);
      await this.encode(loading, this.points, undefined, true);
    } catch (error) {
      this.report(error);
    }
  }

  /** The points by the weights at a checkpoint. */
  private async encode(
    loading: AbortController,
    points: PointSource,
    at: number | undefined,
    fresh: boolean,
  ): Promise<void> {
    const { model } = this;
    if (!model) return;
    const count = points.count.toLocaleString('en-US');
    const encoding = await this.stage.progress.during(`Encoding ${count} images`, loading, (report) =>
      points.latents(at, (done) => report(done / points.count), loading.signal),
    );
    const labels = fresh ? await points.labels(model.description) : this.explored?.labels;
    if (loading.signal.aborted) return;
    model.at = at;
    await this.explore(encoding, points, labels, loading.signal);
    points.images.prefetch();
  }

  /** Makes an encoding what is explored, with its statistics, and projects it. */
  private async explore(
    encoding: Encoding,
    points: PointSource,
    labels: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { model } = this;
    if (!model) return;
    const { latents, logVariances } = encoding;
    const statistics = await runJob<'statistics'>({ kind: 'statistics', latents, logVariances }, {}, signal);
    const picked = (this.explored?.picked ?? []).filter((index) => index < latents.count);
    const { classes } = model.description;
    const className = (index: number) => (labels && classes ? (classes[labels[index] ?? -1] ?? '') : undefined);
    const name = (index: number) => points.name(index);
    const { images } = points;
    this.explored = { model, encoding, images, labels, selection: this.selection, statistics, picked, name, className };
    if (classes && labels) this.stage.legend.show(classes, labels, this.selection, isDark());
    this.writeFacts();
    await this.reproject();
    if (!signal.aborted) this.changed('encoding');
  }

  private async reproject(): Promise<void> {
    const { explored } = this;
    if (!explored) return;
    this.projecting.abort();
    const projecting = (this.projecting = new AbortController());
    const kind = this.following && this.view.kind !== 'dimensions' ? 'pca' : this.view.kind;
    try {
      const projection = await this.stage.progress.during('Projecting', projecting, (report) =>
        project(
          explored.encoding,
          { ...this.view, kind },
          explored.picked.at(-1),
          this.projection,
          {
            progress: report,
            positions: (positions) => this.stage.move(positions, false),
          },
          projecting.signal,
        ),
      );
      if (projecting.signal.aborted) return;
      // A map has moved its points all along.
      const moved = kind === 'umap' || kind === 'tsne';
      this.projection = projection;
      this.stage.place(projection, !moved);
    } catch (error) {
      if (!(error instanceof JobCancelled)) return this.report(error);
      // Cancelled by a person, not replaced by another: back to what was there.
      if (this.projecting === projecting && this.projection) this.stage.place(this.projection, true);
    }
    this.stage.update(explored);
  }

  private async goTo(step: number | undefined): Promise<void> {
    if (this.following) this.follow(false, false);
    const { points } = this;
    if (!points) return;
    try {
      await this.encode(this.restartLoading(), points, step, false);
    } catch (error) {
      this.report(error);
    }
  }

  private restartLoading(): AbortController {
    this.loading.abort();
    this.message.hidden = true;
    return (this.loading = new AbortController());
  }

  private setView(view: View): void {
    this.view = view;
    this.remember();
    void this.reproject();
  }

  private chooseDimension(dimension: number): void {
    const other = this.view.dimensions.find((each) => each !== dimension) ?? 0;
    this.toolbar.choose({ kind: 'dimensions', dimensions: [dimension, other] });
  }

  private setChoice(choice: SetChoice): void {
    this.set = choice;
    this.time.toEnd();
    this.setPicked([]);
    this.remember();
    void this.load();
  }

  private setLabel(label: number): void {
    if (this.model) this.model.label = label;
    this.changed('label');
  }

  private follow(on: boolean, reload = true): void {
    this.following = on;
    this.host.post({ type: 'follow', count: FOLLOW.count, every: on ? FOLLOW.every : 0 });
    this.toolbar.showLive(true, on, on ? 'waiting for the next step…' : '');
    if (on) {
      this.loading.abort();
      this.time.toEnd();
    } else if (reload) void this.goTo(undefined);
  }

  /** The training has encoded its sample again. */
  private async takeFollowed(message: LatentsMessage): Promise<void> {
    const { points, model } = this;
    if (!this.following || !points || !model) return;
    model.at = undefined;
    const share = (100 * message.share).toFixed(1);
    this.toolbar.showLive(true, true, `every ${formatStep(message.every)} steps · ${share} % of the training’s time`);
    try {
      const encoding = latentsOf({ value: message, body: message.body });
      // The sample is of the test set, which is where the points of `test` and of `all` begin.
      const labels = this.set === 'train' ? undefined : this.explored?.labels?.slice(0, message.count);
      await this.explore(encoding, points, labels, this.restartLoading().signal);
    } catch (error) {
      this.report(error);
    }
  }

  private pick(index: number): void {
    const picked = this.explored?.picked ?? [];
    this.setPicked(picked.includes(index) ? picked.filter((each) => each !== index) : [...picked, index].slice(-2));
  }

  private setPicked(picked: readonly number[]): void {
    if (!this.explored) return;
    this.explored = { ...this.explored, picked };
    this.changed('picked');
  }

  private show(index: number): void {
    this.setPicked([...(this.explored?.picked ?? []).filter((each) => each !== index), index].slice(-2));
    this.stage.scatter.centre(index);
  }

  private probe(latent: readonly number[], how: string): void {
    this.tools.decode.node.open = true;
    this.stage.markProbe(latent);
    this.tools.decode.probe(latent, how);
  }

  private changed(change: Change): void {
    const { explored } = this;
    if (!explored) return;
    this.stage.update(explored);
    this.tools.all.forEach((tool) => tool.update(explored, change));
    if (change === 'label') this.tools.decode.again();
  }

  private find(text: string): string {
    const { explored } = this;
    if (!explored) return '';
    const classes = (explored.labels && explored.model.description.classes) ?? [];
    const found = interpret(text, classes, explored.encoding.latents.count);
    if (found.kind === 'nothing') return 'nothing of that name';
    if (found.kind === 'point') {
      this.show(found.index);
      return `point ${explored.name(found.index)}`;
    }
    const { labels } = explored;
    const indices = labels ? Array.from(labels.keys()).filter((index) => labels[index] === found.label) : [];
    this.selection.select(indices);
    return `${indices.length.toLocaleString('en-US')} of class ${classes[found.label]}`;
  }

  private fit(): void {
    this.stage.scatter.layer.camera.fit();
    this.stage.scatter.layer.requestMove();
  }

  private async savePicture(): Promise<void> {
    void this.saved(this.host.save('png', `latents-${this.projection?.kind ?? 'map'}`, await this.stage.snapshot()));
  }

  private saveTable(): void {
    const { explored } = this;
    if (!explored) return;
    const all = Array.from({ length: explored.encoding.latents.count }, (_, i) => i);
    const text = selectionCsv(explored, all, this.stage.positions);
    void this.saved(this.host.save('csv', 'latents', new TextEncoder().encode(text)));
  }

  private async saved(saving: Promise<Saved>): Promise<void> {
    const { name, problem } = await saving;
    if (problem !== undefined) this.report(problem);
    else if (name !== undefined) this.say(`Saved ${name}.`);
  }

  /** Says what went wrong; what somebody cancelled is nothing wrong. */
  private report(error: unknown): void {
    if (error instanceof RequestError && error.code === 'cancelled') return;
    if (error instanceof JobCancelled) return;
    this.say(error instanceof Error ? error.message : String(error));
  }

  private say(text: string): void {
    setText(this.message, text);
    setHidden(this.message, false);
  }

  private writeFacts(): void {
    const { explored } = this;
    if (!explored) return;
    const { encoding, model } = explored;
    const { description } = model;
    const count = encoding.latents.count.toLocaleString('en-US');
    const what = description.abilities.encode ? 'images' : 'draws of the prior';
    setText(
      this.facts,
      `${description.title} · ${count} ${what} · ${encoding.latents.dimensions}-D · step ${formatStep(encoding.step)}`,
    );
  }

  private remember(): void {
    const open = this.tools.all.filter(({ node }) => node.open).map(({ name }) => name);
    const { view, set, source } = this;
    if (source) this.host.api.setState(withRemembered(this.host.api.getState(), source.key, { view, set, open }));
  }
}
