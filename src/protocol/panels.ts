import * as z from 'zod';
import './jitless';

/**
 * How a family's runs are shown: plain data, rendered by the run tab. A panel is fed by ordinary summaries of the event
 * file, which are named by their tags, so it follows the playhead, old runs can be replayed, and other readers see the
 * same values.
 */

const title = z.string();
const tag = z.string();
const labeled = { tag, label: z.string() };
/** Ends of an axis, ascending. */
const interval = z.tuple([z.number(), z.number()]);
const names = z.array(z.string().max(100)).max(256);

/** Scalars as curves over steps. */
const curvesSchema = z.object({
  kind: z.literal('curves'),
  title,
  unit: z.string().default(''),
  series: z.array(z.object(labeled)),
});

/** An image summary, usually a grid of examples. */
const imagesSchema = z.object({
  kind: z.literal('images'),
  title,
  tag,
  /** The meaning of each row of the grid, from the top ("data", "model", a class); absent if rows have none. */
  rows: names.optional(),
});

/** Scalars `${prefix}${two-digit index}`, one for each dimension, mode, class, … */
const barsSchema = z.object({
  kind: z.literal('bars'),
  title,
  prefix: z.string(),
  count: z.int().min(0),
  unit: z.string(),
  /** What each bar stands for ("mode"); a dimension if absent. */
  noun: z.string().max(100).optional(),
  /** In `unit`; bars at or below it are drawn faintly. */
  threshold: z.number().optional(),
});

/** Overlaid histogram summaries, to compare distributions. */
const histogramsSchema = z.object({
  kind: z.literal('histograms'),
  title,
  /** The variable, as the label of its axis. */
  quantity: z.string().default(''),
  series: z.array(z.object(labeled)).min(1).max(8),
});

/** Layers on a plane, from the bottom up; tensor summaries of float32. */
const planeLayerSchema = z.discriminatedUnion('kind', [
  /** [n, 2] x and y, or [n, 3] with the index of a class. */
  z.object({ kind: z.literal('points'), ...labeled, classes: names.optional() }),
  /**
   * [rows, columns] values at the centers of the cells into which `x` and `y` are divided, the lowest row first.
   * `range`: the values at the ends of the color scale; those of the step if absent.
   */
  z.object({ kind: z.literal('field'), ...labeled, x: interval, y: interval, range: interval.optional() }),
  /** [n, 4]: x, y and the arrow's extent along both axes. */
  z.object({ kind: z.literal('arrows'), ...labeled }),
  /** [rows, columns, 2]: where the vertices of a regular grid are mapped to. */
  z.object({ kind: z.literal('grid'), ...labeled }),
]);
export type PlaneLayer = z.output<typeof planeLayerSchema>;

/** Data, samples and fields in two dimensions, at the same scale on both axes. */
const planeSchema = z.object({
  kind: z.literal('plane'),
  title,
  /** Names of the axes. */
  axes: z.tuple([z.string(), z.string()]),
  /** Initially visible range; if absent, determined by the layers of the step. */
  bounds: z.object({ x: interval, y: interval }).optional(),
  layers: z.array(planeLayerSchema).min(1).max(16),
});

/** A tensor summary [rows, columns] as a labeled heat map: covariance, confusion, usage. */
const matrixSchema = z.object({
  kind: z.literal('matrix'),
  title,
  tag,
  unit: z.string().default(''),
  /** The meaning of the axes ("dimension", "true class"). */
  axes: z.object({ rows: z.string(), columns: z.string() }),
  /** Names of rows and columns; numbers from 0 if absent. */
  rows: names.optional(),
  columns: names.optional(),
  /** `diverging`: white at 0 and symmetric in intensity. `sequential`: from 0 up. */
  scale: z.enum(['sequential', 'diverging']),
});

/** An image summary with the frames of an animated PNG: an image that is drawn element by element. */
const filmstripSchema = z.object({ kind: z.literal('filmstrip'), title, tag });

export const panelSchema = z.discriminatedUnion('kind', [
  curvesSchema,
  imagesSchema,
  barsSchema,
  histogramsSchema,
  planeSchema,
  matrixSchema,
  filmstripSchema,
]);
export type Panel = z.output<typeof panelSchema>;

const KINDS: ReadonlySet<unknown> = new Set(panelSchema.options.map(({ shape }) => shape.kind.value));

/** Panels of kinds that only a later version knows are left out: the rest of such a run can still be shown. */
export const panelsSchema = z
  .array(z.unknown())
  .transform((panels) => panels.filter((panel) => !isObject(panel) || !('kind' in panel) || KINDS.has(panel.kind)))
  .pipe(z.array(panelSchema));

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
export type PanelKind = Panel['kind'];
export type PanelOf<Kind extends PanelKind> = Extract<Panel, { readonly kind: Kind }>;

/** Version 0.1.0 wrote one list per kind of panel. */
const earlierPanelsSchema = z.object({
  charts: z.array(z.object({ title, unit: z.string().default(''), series: z.array(z.object(labeled)) })),
  images: z.array(z.object({ ...labeled, rows: names.optional() })),
  bars: z.array(barsSchema.omit({ kind: true, threshold: true }).extend({ activeAbove: z.number().optional() })),
});

/** Converts a presentation that version 0.1.0 wrote to the current format; anything else is returned as it is. */
export function withPanels(presentation: unknown): unknown {
  const earlier = earlierPanelsSchema.safeParse(presentation);
  if (!earlier.success) return presentation;
  const { charts, images, bars } = earlier.data;
  const panels: Panel[] = [
    ...charts.map((chart) => ({ kind: 'curves' as const, ...chart })),
    ...images.map(({ label, ...image }) => ({ kind: 'images' as const, title: label, ...image })),
    ...bars.map(({ activeAbove: threshold, ...each }) => ({ kind: 'bars' as const, ...each, threshold })),
  ];
  return { ...(presentation as object), panels };
}
