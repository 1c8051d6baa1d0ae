import type { Saved } from '../../../src/protocol/latent';
import type { LatentHost } from '../host/latentHost';
import type { SetChoice } from '../model/pointSet';
import type { Explored } from '../model/state';
import type { Projection } from '../projections/projection';
import { captionOf } from '../stage/facts';
import type { Stage } from '../stage/stage';
import { tableOf } from './table';

const PROJECTIONS: Readonly<Record<Projection['kind'], string>> = {
  direct: 'latents',
  dimensions: 'two dimensions',
  pca: 'PCA',
  umap: 'UMAP',
  tsne: 't-SNE',
};

export interface SavingParts {
  /** What is on the screen; undefined before there are points. */
  shown(): SavedView | undefined;
  readonly stage: Pick<Stage, 'snapshot' | 'positions'>;
  said(words: string): void;
  failed(error: unknown): void;
}

interface SavedView {
  readonly explored: Explored;
  readonly set: SetChoice;
  readonly source: string;
  readonly projection: Projection['kind'];
}

/** Of a run's name in a file's, so that what is saved of it stands there, too. */
const MOST_LETTERS = 40;

/** "vae-mnist-001-step-4690-pca": what is saved of another run or step asks for no other file's place. */
function nameOf({ explored, source }: SavedView, what: string): string {
  return `${source.replace(/\.safetensors$/i, '').slice(0, MOST_LETTERS)}-step-${explored.encoding.step}-${what}`;
}

/** What leaves the tab as a file, where the user says, and what is said of that. Nothing here rejects. */
export class Saving {
  constructor(
    private readonly host: LatentHost,
    private readonly parts: SavingParts,
  ) {}

  file(...what: Parameters<LatentHost['save']>): Promise<void> {
    const [kind, name, bytes] = what;
    return this.saved((view) => this.host.save(kind, nameOf(view, name), bytes));
  }

  images(...what: Parameters<LatentHost['saveImages']>): Promise<void> {
    return this.saved(() => this.host.saveImages(...what));
  }

  /** The map as a figure: with its title, axes and the classes that are shown. */
  map(): Promise<void> {
    return this.saved(async (view) => {
      const { explored, set, source, projection } = view;
      const facts = captionOf(explored, set, PROJECTIONS[projection]);
      const picture = await this.parts.stage.snapshot({ title: source, facts });
      return this.host.save('png', nameOf(view, projection), picture);
    });
  }

  /** All points: their latents, labels and places on the map. */
  table(): Promise<void> {
    return this.saved(async (view) => {
      const { explored } = view;
      const all = Array.from({ length: explored.encoding.latents.count }, (_, i) => i);
      return this.host.save('csv', nameOf(view, 'latents'), await tableOf(explored, all, this.parts.stage.positions));
    });
  }

  private async saved(save: (view: SavedView) => Promise<Saved>): Promise<void> {
    const view = this.parts.shown();
    if (view === undefined) return;
    try {
      const { name } = await save(view);
      if (name !== undefined) this.parts.said(`Saved ${name}.`);
    } catch (error) {
      this.parts.failed(error);
    }
  }
}
