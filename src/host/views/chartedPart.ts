import type { LogUpdate } from '../../protocol/logs';
import { panelsOf } from '../../protocol/panelsOf';
import type { RunSummary } from '../../protocol/views';

/**
 * What the *Charts* view shows of a log: no images, and of a run whose family declares its charts the curves of those. A
 * model of 4,096 latent dimensions logs 8,200 series, a dozen of which are in charts.
 */
export function chartedPart({ presentation }: Pick<RunSummary, 'presentation'>, update: LogUpdate): LogUpdate {
  if (presentation === undefined) return { ...update, images: [] };
  const tags = new Set(panelsOf(presentation, 'curves').flatMap(({ series }) => series.map(({ tag }) => tag)));
  return { ...update, images: [], scalars: update.scalars.filter(({ tag }) => tags.has(tag)) };
}
