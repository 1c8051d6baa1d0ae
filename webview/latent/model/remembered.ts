import type { SetChoice } from './pointSet';
import type { View } from '../projections/projector';

/** What VS Code remembers of a tab over a reload. */
export interface Remembered {
  readonly view: View;
  readonly set: SetChoice;
  /** Step of the checkpoint that was chosen; undefined for the newest weights. */
  readonly step: number | undefined;
  /** Names of the tools that are unfolded; undefined where none was ever folded or unfolded. */
  readonly open: readonly string[] | undefined;
}

const KINDS: readonly string[] = ['dimensions', 'pca', 'umap', 'tsne'] satisfies View['kind'][];
const SETS: readonly string[] = ['test', 'train', 'all'] satisfies SetChoice[];
const MOST_DIMENSION = 4_096;

/** What was remembered, as far as it still makes sense. */
export function decodeRemembered(state: unknown): Remembered {
  const saved = isRecord(state) && isRecord(state['latent']) ? state['latent'] : {};
  const { kind, dimensions, set, step, open } = saved;
  const [x, y] = Array.isArray(dimensions) ? (dimensions as unknown[]) : [];
  return {
    view: {
      kind: isOneOf<View['kind']>(kind, KINDS) ? kind : 'pca',
      dimensions: [dimension(x) ?? 0, dimension(y) ?? 1],
    },
    set: isOneOf<SetChoice>(set, SETS) ? set : 'test',
    step: Number.isSafeInteger(step) && Number(step) >= 0 ? Number(step) : undefined,
    open: Array.isArray(open)
      ? open.filter((name): name is string => typeof name === 'string').slice(0, 32)
      : undefined,
  };
}

/** The state with what is to be remembered, and everything else that was in it. */
export function withRemembered(state: unknown, key: string, { view, set, step, open }: Remembered): object {
  return { ...(isRecord(state) ? state : {}), run: key, latent: { ...view, set, step, open } };
}

function dimension(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < MOST_DIMENSION ? Number(value) : undefined;
}

function isOneOf<T extends string>(value: unknown, all: readonly string[]): value is T {
  return typeof value === 'string' && all.includes(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
