import * as z from 'zod';
import './jitless';
import { DRAWING_EXTENT, FEWEST_DRAWN, MOST_DRAWN } from './drawingLimits';

/** The tab in which points are drawn, and the host. */

const coordinate = z.number().min(-DRAWING_EXTENT).max(DRAWING_EXTENT);
const drawn = z.object({
  /** x and y of each point, one after the other. */
  coordinates: z
    .array(coordinate)
    .min(2 * FEWEST_DRAWN)
    .max(2 * MOST_DRAWN)
    .refine(({ length }) => length % 2 === 0),
});
export type DrawnPoints = z.output<typeof drawn>;

/** `save` writes the points into the workspace; `train` does so where they are not saved, and trains a model on them. */
export const drawingRequests = { save: drawn, train: drawn } as const;

export interface DrawingExchanges {
  /** Answered with the file's name. */
  readonly save: { readonly request: DrawnPoints; readonly answer: { readonly name: string } };
  readonly train: { readonly request: DrawnPoints; readonly answer: { readonly name: string } };
}

/** Neither end says anything besides. */
export const drawingToHostSchema = z.never();
export type DrawingToHost = never;
export type HostToDrawing = never;
