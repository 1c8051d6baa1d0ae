import { Latest } from '../host/latest';
import type { LatentHost, LatentsMessage } from '../host/latentHost';
import { latentsOf } from '../model/encoding';
import type { PointPipeline } from '../model/pipeline';
import type { ExplorerStore } from '../model/state';
import type { Mapping } from '../stage/mapping';
import type { Message } from '../stage/message';

/** The first `count` test images are sent again every `every` steps. */
const FOLLOW = { count: 1_000, every: 100 };

/** Shows the points that a live run sends while it trains. */
export class Following {
  /** The next message waits until the points of the one before are on the map. */
  private readonly newest = new Latest<LatentsMessage>((message) => this.show(message));

  constructor(
    private readonly host: LatentHost,
    private readonly store: ExplorerStore,
    private readonly pipeline: PointPipeline,
    private readonly mapping: Mapping,
    private readonly message: Message,
  ) {
    host.onLatents((message) => {
      if (!store.state.following) return;
      const { every, share } = message;
      store.update({ followCost: { every, share } });
      this.newest.want(message);
    });
    // A run that has ended sends nothing more.
    store.on(['source'], () => {
      if (!store.isLive) store.update({ following: false });
    });
  }

  start(): void {
    this.host.post({ type: 'follow', ...FOLLOW });
    this.store.update({ following: true, followCost: undefined, step: undefined });
    // The run's next points replace what is loading; the first points, which they would move, may still arrive.
    if (this.store.state.points) this.pipeline.cancel();
  }

  /** Does nothing unless the run is followed. */
  stop(): void {
    if (!this.store.state.following) return;
    this.host.post({ type: 'follow', ...FOLLOW, every: 0 });
    this.store.update({ following: false });
  }

  private async show(message: LatentsMessage): Promise<void> {
    if (!this.store.state.following) return;
    try {
      await this.pipeline.publishFollowed(latentsOf({ value: message, body: message.body }));
      await this.mapping.settled;
    } catch (error) {
      this.message.report(error);
    }
  }
}
