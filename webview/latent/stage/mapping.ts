import { cancelled, isCancelled } from '../../../src/protocol/channel';
import type { Pca } from '../maths/pca';
import type { Explored } from '../model/state';
import { mapProjection, type Projection } from '../projections/projection';
import { isMap, project, type ProjectListener, type View } from '../projections/projector';
import { MOST_EXACT } from '../projections/messages';
import type { Stage } from './stage';

/** What is on the stage. */
interface Shown {
  readonly projection: Projection;
  readonly view: View;
  /** Of which latents: an earlier checkpoint's, until those that are explored now are projected. */
  readonly encoding: Explored['encoding'];
}

/** What a mapping tells. */
export interface MappingListener {
  /** What is explored at the moment: while a map is made, other points may be picked. */
  explored(): Explored | undefined;
  /** The view that was asked for did not come about; this one is shown instead. */
  fellBack(view: View): void;
  failed(error: unknown): void;
}

/** Projects what is explored and brings it onto the stage; the next projection ends the one before it. */
export class Mapping {
  private projecting = new AbortController();
  private shown: Shown | undefined;
  /** The components that were shown last, whatever is shown since: when they come back they lie the same way round. */
  private pca: Pca | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly listener: MappingListener,
  ) {}

  get kind(): Projection['kind'] | undefined {
    return this.shown?.projection.kind;
  }

  /** Resolves when the points are where the view has them, or where they stay because it was cancelled or failed. */
  async show(explored: Explored, view: View): Promise<void> {
    this.projecting.abort();
    const projecting = (this.projecting = new AbortController());
    const { encoding } = explored;
    const { shown } = this;
    try {
      // What is decoded and hovered while a map is made must be of the weights that are explored now.
      if (isMap(view.kind) && encoding.latents.dimensions > 2 && shown?.encoding !== encoding) {
        if (shown?.projection.kind === view.kind && shown.projection.positions.length === 2 * encoding.latents.count) {
          this.stage.show(this.moved(shown, explored), explored, 'jump');
        } else await this.project(explored, { ...view, kind: 'pca' }, projecting);
      }
      await this.project(explored, view, projecting);
    } catch (error) {
      if (this.projecting !== projecting) return;
      if (!isCancelled(error)) this.listener.failed(error);
      await this.fallBack(explored, view);
    }
  }

  private async project(explored: Explored, view: View, projecting: AbortController): Promise<void> {
    const { encoding } = explored;
    const before = { shown: this.shown?.projection, pca: this.pca };
    const projection = await this.stage.progress.during('Projecting', projecting, (progress) => {
      const passing: ProjectListener['passing'] = (moving) => {
        if (!projecting.signal.aborted) this.stage.show(moving, this.newest(explored), 'passing');
      };
      const listener = { progress, passing, picked: () => this.listener.explored()?.picked.at(-1) };
      return project(encoding, view, before, listener, projecting.signal);
    });
    if (projecting.signal.aborted) throw cancelled();
    this.shown = { projection, view, encoding };
    this.pca = projection.pca ?? this.pca;
    // A map has moved its points all along.
    this.stage.show(projection, this.newest(explored), isMap(projection.kind) ? 'jump' : 'glide');
  }

  /** Cancelled by a person, not replaced by another, or failed: back to what was there, or to what takes no time. */
  private async fallBack(explored: Explored, wanted: View): Promise<void> {
    const { shown } = this;
    if (shown?.encoding === explored.encoding) {
      this.stage.show(shown.projection, this.newest(explored), 'glide');
      return this.listener.fellBack(shown.view);
    }
    if (wanted.kind === 'pca' || wanted.kind === 'dimensions') return;
    const view: View = { ...wanted, kind: 'pca' };
    this.listener.fellBack(view);
    await this.show(explored, view);
  }

  private newest(explored: Explored): Explored {
    const now = this.listener.explored();
    return now?.encoding === explored.encoding ? now : explored;
  }

  /** The points where they are, as the latents of now. */
  private moved({ projection }: Shown, { encoding: { latents } }: Explored): Projection {
    const kind = projection.kind === 'umap' ? 'umap' : 'tsne';
    return mapProjection(kind, latents, projection.positions, latents.count <= MOST_EXACT);
  }
}
