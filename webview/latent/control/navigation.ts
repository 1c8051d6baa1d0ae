import { RequestError } from '../../../src/protocol/channel';
import type { Draws } from '../maths/priorDraws';
import type { PointPipeline } from '../model/pipeline';
import type { SetChoice } from '../model/pointSet';
import type { ExplorerStore } from '../model/state';
import type { Mapping } from '../stage/mapping';
import type { Message } from '../stage/message';
import type { Following } from './following';

/**
 * Goes to a data set, a checkpoint or the live run; if that fails, the controls return to the points that are shown.
 */
export class Navigation {
  /** Key of the source that the points come from; undefined while nothing answers. */
  private answering: string | undefined;

  constructor(
    private readonly store: ExplorerStore,
    private readonly pipeline: PointPipeline,
    private readonly following: Following,
    private readonly mapping: Mapping,
    private readonly message: Message,
  ) {
    store.on(['source'], () => this.followSource());
    store.on(['label'], () => this.decodeAgain());
  }

  /** Resolves when the points of the checkpoint (undefined: the newest weights) are on the map, or never will be. */
  async goTo(step: number | undefined): Promise<void> {
    this.following.stop();
    this.message.hide();
    this.store.update({ step });
    try {
      await this.pipeline.goTo(step);
      await this.mapping.settled;
    } catch (error) {
      this.fail(error);
    }
  }

  chooseSet(set: SetChoice): void {
    this.following.stop();
    this.store.update({ set });
    void this.load();
  }

  /** Draws other points from the prior. */
  chooseDraws(draws: Draws): void {
    this.store.update({ draws });
    void this.load();
  }

  /** Decodes the draws of a model without an encoder as another class. */
  private decodeAgain(): void {
    const { points, step } = this.store.state;
    if (points?.model.drawnPrior && points.model.isConditional) void this.goTo(step);
  }

  follow(on: boolean): void {
    if (on) this.following.start();
    else void this.goTo(undefined);
  }

  /** Loads when another process answers; other news, such as a newer checkpoint, moves no points. */
  private followSource(): void {
    const { source } = this.store.state;
    const key = source?.state.kind === 'ready' ? source.key : undefined;
    const another = key !== undefined && key !== this.answering;
    this.answering = key;
    if (another) void this.load();
  }

  private async load(): Promise<void> {
    this.message.hide();
    const { set, step } = this.store.state;
    try {
      await this.pipeline.load(set, step);
    } catch (error) {
      // A run deletes its older checkpoints: the newest replaces the one that was chosen.
      if (this.store.state.step !== undefined && error instanceof RequestError && error.code === 'absent') {
        this.store.update({ step: undefined });
        return this.load();
      }
      this.fail(error);
      if (!this.store.state.points)
        this.message.offer('No points are encoded yet.', 'Encode Again', () => void this.load());
    }
  }

  private fail(error: unknown): void {
    this.message.report(error);
    const { points } = this.store.state;
    if (!points) return;
    const { set, model } = points;
    const { at, description } = model;
    this.store.update({ description, set, step: at === description.step ? undefined : at });
  }
}
