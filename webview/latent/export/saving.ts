import type { Saved } from '../../../src/protocol/latent';
import type { LatentHost } from '../host/latentHost';
import type { ExplorerStore, Points } from '../model/state';
import type { Projection } from '../projections/projection';
import { captionOf } from '../stage/facts';
import type { Mapping } from '../stage/mapping';
import type { Message } from '../stage/message';
import type { Stage } from '../stage/stage';
import { tableOf } from './table';

const PROJECTIONS: Readonly<Record<Projection['kind'], string>> = {
  direct: 'latents',
  dimensions: 'two dimensions',
  pca: 'PCA',
  umap: 'UMAP',
  tsne: 't-SNE',
};

interface SavedView {
  readonly points: Points;
  readonly source: string;
}

/** Limit of the run's name in a file name, which leaves room for the rest. */
const MOST_LETTERS = 40;

/** "vae-mnist-001-step-4690-pca": unique per run and step. */
function nameOf({ points, source }: SavedView, what: string): string {
  return `${source.replace(/\.safetensors$/i, '').slice(0, MOST_LETTERS)}-step-${points.encoding.step}-${what}`;
}

/** Saves files with the host's dialog and reports the outcome. Its promises never reject. */
export class Saving {
  constructor(
    private readonly host: LatentHost,
    private readonly store: ExplorerStore,
    private readonly stage: Pick<Stage, 'snapshot' | 'positions'>,
    private readonly mapping: Pick<Mapping, 'kind'>,
    private readonly message: Message,
  ) {}

  file(...what: Parameters<LatentHost['save']>): Promise<void> {
    const [kind, name, bytes] = what;
    return this.saved((view) => this.host.save(kind, nameOf(view, name), bytes));
  }

  images(...what: Parameters<LatentHost['saveImages']>): Promise<void> {
    return this.saved(() => this.host.saveImages(...what));
  }

  /** The map as a figure with title, axes and the shown classes. */
  map(): Promise<void> {
    return this.saved(async (view) => {
      const { points, source } = view;
      const { kind = 'pca' } = this.mapping;
      const facts = captionOf(points, PROJECTIONS[kind]);
      return this.host.save('png', nameOf(view, kind), await this.stage.snapshot({ title: source, facts }));
    });
  }

  /** Latents, labels and map positions of all points. */
  table(): Promise<void> {
    return this.saved(async (view) => {
      const { points } = view;
      const all = Array.from({ length: points.encoding.latents.count }, (_, i) => i);
      return this.host.save('csv', nameOf(view, 'latents'), await tableOf(points, all, this.stage.positions));
    });
  }

  private async saved(save: (view: SavedView) => Promise<Saved>): Promise<void> {
    const { points } = this.store.state;
    if (!points) return;
    try {
      const { name } = await save({ points, source: this.store.sourceName });
      if (name !== undefined) this.message.say(`Saved ${name}.`, true);
    } catch (error) {
      this.message.report(error);
    }
  }
}
