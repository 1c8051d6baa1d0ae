import type { LatentDescription, LatentSource, LatentTraining } from '../../../src/protocol/latent';
import type { Theme } from '../../shared/theme';
import type { LatentsMessage } from '../host/latentHost';
import type { PosteriorStatistics } from '../maths/posterior';
import type { Draws } from '../maths/priorDraws';
import type { View } from '../projections/projector';
import type { Encoding } from './encoding';
import type { ImageStore } from './imageStore';
import type { Model } from './model';
import type { Pixels } from './pixels';
import type { SetChoice } from './pointSet';
import { Selection } from './selection';
import { Store } from './store';

/** The points on the map: the latents of one data set at one state of the weights, and what belongs to them. */
export interface Points {
  readonly model: Model;
  readonly set: SetChoice;
  /** Whether a live run has sent them. */
  readonly followed: boolean;
  readonly encoding: Encoding;
  readonly images: ImageStore;
  /** Number of images; the points are the first of them. */
  readonly all: number;
  /** One label per point; undefined if images have none. */
  readonly labels: Uint8Array | undefined;
  readonly statistics: PosteriorStatistics;
  /** "4,021", or with the name of the data set if there are two. */
  name(index: number): string;
  /** Name of a point's class; undefined if images have no labels. */
  className(index: number): string | undefined;
}

/** The points with what the user picked and selected among them; tools only read it. */
export interface Exploration extends Points {
  readonly selection: Selection;
  /** The last two picked points at most, in the order of picking. */
  readonly picked: readonly number[];
}

/** Each property is a slice to which parts subscribe; {@link Store} says how. */
export interface ExplorerState {
  /** The explored run or file, and whether a process answers; undefined until the host has sent it. */
  readonly source: LatentSource | undefined;
  /** Progress of the live run. */
  readonly training: LatentTraining | undefined;
  /** Capabilities of the model that answers. */
  readonly description: LatentDescription | undefined;
  readonly theme: Theme;
  /** The chosen projection. */
  readonly view: View;
  /** The chosen data set; that of the points, once they are loaded. */
  readonly set: SetChoice;
  /** Which draws from its prior are the points of a model without an encoder. */
  readonly draws: Draws;
  /** Step of the chosen checkpoint; undefined for the newest weights. */
  readonly step: number | undefined;
  /** The class to decode, for models that take labels. */
  readonly label: number;
  /** Whether the points are those that the live run sends. */
  readonly following: boolean;
  /** What following costs the run; undefined until its first message. */
  readonly followCost: Pick<LatentsMessage, 'every' | 'share'> | undefined;
  readonly points: Points | undefined;
  readonly picked: readonly number[];
  /** Revision of {@link ExplorerStore.selection}. */
  readonly selected: number;
  /** Revision of the points' image stores. */
  readonly images: number;
  /** The latent to decode, and how it was found ("inverse PCA"). */
  readonly probe: { readonly latent: readonly number[]; readonly how: string } | undefined;
  /** The newest decoded probe, and the element that shows it. */
  readonly decoded: { readonly pixels: Pixels; readonly node: Element } | undefined;
  /** Latent of the decoded probe when encoded again. */
  readonly reencoded: readonly number[] | undefined;
  /** The interpolation between two picked points, as latents. */
  readonly path: readonly (readonly number[])[];
}

export type Slice = keyof ExplorerState;

export class ExplorerStore extends Store<ExplorerState> {
  readonly selection = new Selection();

  constructor(initial: Pick<ExplorerState, 'theme' | 'view' | 'set' | 'step' | 'draws'>) {
    super({
      source: undefined,
      training: undefined,
      description: undefined,
      label: 0,
      following: false,
      followCost: undefined,
      points: undefined,
      picked: [],
      selected: 0,
      images: 0,
      probe: undefined,
      decoded: undefined,
      reencoded: undefined,
      path: [],
      ...initial,
    });
    this.selection.onChange(() => this.update({ selected: this.state.selected + 1 }));
  }

  /** Undefined until there are points. */
  get exploration(): Exploration | undefined {
    const { points, picked } = this.state;
    return points && { ...points, picked, selection: this.selection };
  }

  /** Whether a running trainer answers. */
  get isLive(): boolean {
    const state = this.state.source?.state;
    return state?.kind === 'ready' && state.live;
  }

  /** The run's name, since a file name contains a step that the slider may have left; else the file's. */
  get sourceName(): string {
    const { source } = this.state;
    return source?.run ?? source?.name ?? '';
  }

  /** Asks for a latent to be decoded and marked. @param how it was found: "inverse PCA" */
  probe(latent: readonly number[], how: string): void {
    this.update({ probe: { latent, how }, reencoded: undefined });
  }

  /** Counts images that have arrived. */
  imagesArrived(): void {
    this.update({ images: this.state.images + 1 });
  }
}
