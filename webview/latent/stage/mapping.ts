import { cancelled } from '../../../src/protocol/channel';
import type { Pca } from '../maths/pca';
import type { Encoding } from '../model/encoding';
import type { ExplorerStore, Points } from '../model/state';
import { MOST_EXACT } from '../projections/messages';
import { mapProjection, type Projection } from '../projections/projection';
import { isMap, project, type ProjectListener, type View } from '../projections/projector';
import type { Message } from './message';
import type { ProgressBar } from './progressBar';
import type { Stage } from './stage';

/** The projection on the stage. */
interface Shown {
  readonly projection: Projection;
  readonly view: View;
  /** Its latents: an earlier checkpoint's, until the newest points are projected. */
  readonly encoding: Encoding;
}

/** Projects the store's points onto the stage; the next projection cancels the one before it. */
export class Mapping {
  private projecting = new AbortController();
  private shown: Shown | undefined;
  /** The last components, also if another projection was shown since: their signs are kept. */
  private pca: Pca | undefined;
  /** The chosen view that was handled last. */
  private view: View;
  private newest: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: ExplorerStore,
    private readonly stage: Pick<Stage, 'show'>,
    private readonly progress: Pick<ProgressBar, 'during'>,
    private readonly message: Pick<Message, 'report'>,
  ) {
    this.view = store.state.view;
    store.on(['points', 'view'], (changed) => {
      const { points, view } = store.state;
      const handled = !changed.has('points') && view === this.view;
      this.view = view;
      if (points && !handled) this.newest = this.show(points, this.viewToShow);
    });
  }

  /** Kind of the projection on the stage. */
  get kind(): Projection['kind'] | undefined {
    return this.shown?.projection.kind;
  }

  /**
   * Resolves when the newest points are where their view has them, or stay because projecting was cancelled or failed.
   */
  get settled(): Promise<void> {
    return this.newest;
  }

  /** A map takes longer than a live run takes to send the next points. */
  private get viewToShow(): View {
    const { view, following } = this.store.state;
    return following && isMap(view.kind) ? { ...view, kind: 'pca' } : view;
  }

  private async show(points: Points, view: View): Promise<void> {
    this.projecting.abort();
    const projecting = (this.projecting = new AbortController());
    const { encoding } = points;
    const { shown } = this;
    if (shown?.view === view && shown.encoding.latents === encoding.latents) {
      // Draws from a prior stay where they are for other weights.
      this.shown = { ...shown, encoding };
      return this.stage.show(shown.projection, points, 'jump');
    }
    try {
      // Decoding and hovering while a map is computed must use the newest weights.
      if (isMap(view.kind) && encoding.latents.dimensions > 2 && shown?.encoding !== encoding) {
        if (shown?.projection.kind === view.kind && shown.projection.positions.length === 2 * encoding.latents.count) {
          this.stage.show(this.moved(shown, points), points, 'jump');
        } else await this.project(points, { ...view, kind: 'pca' }, projecting);
      }
      await this.project(points, view, projecting);
    } catch (error) {
      if (this.projecting !== projecting) return;
      this.message.report(error);
      await this.fallBack(points, view);
    }
  }

  private async project(points: Points, view: View, projecting: AbortController): Promise<void> {
    const { encoding } = points;
    const before = { shown: this.shown?.projection, pca: this.pca };
    const projection = await this.progress.during('Projecting', projecting, (progress) => {
      const passing: ProjectListener['passing'] = (moving) => {
        if (!projecting.signal.aborted) this.stage.show(moving, points, 'passing');
      };
      const listener = { progress, passing, picked: () => this.store.state.picked.at(-1) };
      return project(encoding, view, before, listener, projecting.signal);
    });
    if (projecting.signal.aborted) throw cancelled();
    this.shown = { projection, view, encoding };
    this.pca = projection.pca ?? this.pca;
    // A map has moved its points while it was computed.
    this.stage.show(projection, points, isMap(projection.kind) ? 'jump' : 'glide');
  }

  /** After a cancellation by the user or a failure: returns to the shown projection, or to one that takes no time. */
  private async fallBack(points: Points, wanted: View): Promise<void> {
    const { shown } = this;
    if (shown?.encoding === points.encoding) {
      this.stage.show(shown.projection, points, 'glide');
      return this.choose(shown.view);
    }
    if (wanted.kind === 'pca' || wanted.kind === 'dimensions') return;
    const view: View = { ...wanted, kind: 'pca' };
    this.choose(view);
    await this.show(points, view);
  }

  private choose(view: View): void {
    this.view = view;
    this.store.update({ view });
  }

  /** The projection with its positions kept and the latents replaced. */
  private moved({ projection }: Shown, { encoding: { latents } }: Points): Projection {
    const kind = projection.kind === 'umap' ? 'umap' : 'tsne';
    return mapProjection(kind, latents, projection.positions, latents.count <= MOST_EXACT);
  }
}
