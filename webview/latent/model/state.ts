import type { PosteriorStatistics } from '../maths/posterior';
import type { Encoding } from './encoding';
import type { ImageStore } from './imageStore';
import type { Model } from './model';
import type { Selection } from './selection';

/** What is explored at the moment; tools read it and never change it. */
export interface Explored {
  readonly model: Model;
  readonly encoding: Encoding;
  readonly images: ImageStore;
  /** How many images there are; the points are the first of them. */
  readonly all: number;
  /** One label a point; undefined where images have none. */
  readonly labels: Uint8Array | undefined;
  readonly selection: Selection;
  /** Undefined while it is computed. */
  readonly statistics: PosteriorStatistics | undefined;
  /** The points that were picked last, at most two, in the order of picking. */
  readonly picked: readonly number[];
  /** "4,021", or with the name of the data set where there are two. */
  name(index: number): string;
  /** Name of a point's class; undefined where images have no labels. */
  className(index: number): string | undefined;
}

/** What a tool may have done for it. */
export interface ToolActions {
  /** Hands a file to the save dialog and says what came of it. Run and step are put before its name. */
  save(kind: 'csv' | 'png' | 'gif', name: string, bytes: Uint8Array): void;
  /** @param of how many were selected, of which these are the first */
  saveImages(images: readonly { readonly name: string; readonly bytes: Uint8Array }[], of: number): void;
  /** Picks a point and brings it to the middle. */
  show(index: number): void;
  /** Decodes a latent and marks where it lies. */
  probe(latent: readonly number[]): void;
  /** Draws the way between two picked points. */
  path(latents: readonly (readonly number[])[]): void;
  /** Says what went wrong. */
  report(error: unknown): void;
}
