import type { LogUpdate } from '../../protocol/logs';
import { panelsOf } from '../../protocol/panelsOf';
import type { RunSummary } from '../../protocol/views';

/**
 * The part of a log that the *Charts* view shows: only curves and, for a run whose family declares its charts, only the
 * curves of those. A model of 4,096 latent dimensions logs 8,200 series, a dozen of which are in charts.
 */
export function chartedPart({ presentation }: Pick<RunSummary, 'presentation'>, update: LogUpdate): LogUpdate {
  const curves = { ...update, images: [], histograms: [], tensors: [] };
  if (presentation === undefined) return curves;
  const tags = new Set(panelsOf(presentation, 'curves').flatMap(({ series }) => series.map(({ tag }) => tag)));
  return { ...curves, scalars: update.scalars.filter(({ tag }) => tags.has(tag)) };
}
