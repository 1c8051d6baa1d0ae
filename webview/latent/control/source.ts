import type { LatentHost } from '../host/latentHost';
import type { ExplorerStore } from '../model/state';

/** Writes what the host reports about the source and its live run to the store. */
export function connectSource(host: LatentHost, store: ExplorerStore): void {
  host.onSource((source) => {
    const { training } = store.state;
    const ended = source.state.kind === 'ready' && !source.state.live;
    store.update({ source, training: ended ? undefined : training });
  });
  host.onTraining((training) => store.update({ training }));
}
