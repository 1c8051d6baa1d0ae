import { DEFAULT_DRAWS, MOST_DRAWS, MOST_SEED, type Draws } from '../maths/priorDraws';
import type { SetChoice } from './pointSet';
import type { View } from '../projections/projector';

/** State of a tab that VS Code keeps over a reload. */
export interface Remembered {
  readonly view: View;
  readonly set: SetChoice;
  /** Step of the chosen checkpoint; undefined for the newest weights. */
  readonly step: number | undefined;
  readonly draws: Draws;
  /** Names of the unfolded tools; undefined for the default. */
  readonly open: readonly string[] | undefined;
}

const KINDS: readonly string[] = ['dimensions', 'pca', 'umap', 'tsne'] satisfies View['kind'][];
const SETS: readonly string[] = ['test', 'train', 'all'] satisfies SetChoice[];
const MOST_DIMENSION = 4_096;

/** Decodes the remembered state; invalid values are replaced by defaults. */
export function decodeRemembered(state: unknown): Remembered {
  const saved = isRecord(state) && isRecord(state['latent']) ? state['latent'] : {};
  const { kind, dimensions, set, step, draws, open } = saved;
  const { count, seed } = isRecord(draws) ? draws : {};
  const [x, y] = Array.isArray(dimensions) ? (dimensions as unknown[]) : [];
  return {
    view: {
      kind: isOneOf<View['kind']>(kind, KINDS) ? kind : 'pca',
      dimensions: [dimension(x) ?? 0, dimension(y) ?? 1],
    },
    set: isOneOf<SetChoice>(set, SETS) ? set : 'test',
    step: Number.isSafeInteger(step) && Number(step) >= 0 ? Number(step) : undefined,
    draws: {
      count: isWithin(count, 1, MOST_DRAWS) ? count : DEFAULT_DRAWS.count,
      seed: isWithin(seed, 0, MOST_SEED) ? seed : DEFAULT_DRAWS.seed,
    },
    open: Array.isArray(open)
      ? open.filter((name): name is string => typeof name === 'string').slice(0, 32)
      : undefined,
  };
}

/** Adds the remembered values to the editor's state and keeps its other properties. */
export function withRemembered(state: unknown, key: string, { view, set, step, draws, open }: Remembered): object {
  return { ...(isRecord(state) ? state : {}), run: key, latent: { ...view, set, step, draws, open } };
}

function dimension(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < MOST_DIMENSION ? Number(value) : undefined;
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function isOneOf<T extends string>(value: unknown, all: readonly string[]): value is T {
  return typeof value === 'string' && all.includes(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
