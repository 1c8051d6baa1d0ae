import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { propertyOf } from '../../../protocol/propertyOf';
import { errorMessage } from '../../../common/systemError';
import type { OwnCheckpoint } from '../../../protocol/checkpointView';
import { familyName } from '../../../protocol/families';
import { capabilitiesIn } from '../../../protocol/families/earlier';
import { isExplorable } from '../../../protocol/status';
import { indentedJson } from '../../../common/indentedJson';
import { decodeCheckpointHead } from '../../../runs/checkpointFile';
import type { RunRegistry } from '../../registry/registry';

/** The trainer's name pattern; see src/runs/checkpoints.ts. */
const CHECKPOINT = /^step-(\d{8,16})\.safetensors$/;

/** A trainer logs a few dozen metrics, plus one per latent dimension. */
const MOST_METRICS = 1_000;

export interface Surroundings {
  readonly registry: Pick<RunRegistry, 'keyOf' | 'run'>;
  readonly trusted: boolean;
}

/** The key of the run whose folder contains a checkpoint, if the window knows that run. */
export function runAround(file: string, { registry }: Pick<Surroundings, 'registry'>): string | undefined {
  const folder = path.dirname(file);
  if (path.basename(folder) !== 'checkpoints') return undefined;
  const key = registry.keyOf(path.dirname(folder));
  return registry.run(key) === undefined ? undefined : key;
}

/** The metadata of a Latent Studio checkpoint; undefined for other files. */
export async function ownCheckpoint(
  file: string | undefined,
  metadata: Readonly<Record<string, string>>,
  around: Surroundings,
): Promise<OwnCheckpoint | undefined> {
  const head = headOf(metadata);
  if (head === undefined) return undefined;
  const key = file === undefined ? undefined : runAround(file, around);
  const run = key === undefined ? undefined : around.registry.run(key);
  const specification = parsed(metadata['specification']);
  const { step, epoch, seed, metrics, requested } = head;
  const tag = run?.presentation?.headline.tag ?? bestMetricOf(specification);
  const value = tag === undefined || !Object.hasOwn(metrics, tag) ? undefined : metrics[tag];
  const label = run?.presentation?.headline.label ?? tag ?? '';
  const lookOnly = reasonToLookOnly(file, around);
  const capabilities = capabilitiesIn(head, specification);
  const possible = [
    ...(capabilities?.sampling == null ? [] : ['sample' as const]),
    'evaluate' as const,
    ...(capabilities?.sampling == null ? [] : ['quality' as const]),
    'resume' as const,
    ...(isExplorable(capabilities) ? ['explore' as const] : []),
  ];
  return {
    ...{ step, epoch, seed, requested, lookOnly, run: run?.name },
    title: run?.presentation?.title ?? titleOf(specification),
    headline: value === undefined || !Number.isFinite(value) ? undefined : { label, value },
    metrics: Object.entries(metrics)
      .slice(0, MOST_METRICS)
      .map(([name, each]) => [name.slice(0, 200), Number.isFinite(each) ? each : String(each)]),
    specification: indentedJson(metadata['specification'] ?? '') ?? '',
    siblings: file === undefined ? 1 : Math.max(1, (await siblingsOf(file)).length),
    intents: [...(lookOnly === undefined ? possible : []), ...(run === undefined ? [] : ['openRun' as const])],
  };
}

/** The checkpoints in the same folder, including this one, by step. */
export async function siblingsOf(file: string): Promise<{ file: string; step: number }[]> {
  const folder = path.dirname(file);
  const names = CHECKPOINT.test(path.basename(file)) ? await readdir(folder).catch(() => []) : [];
  const found = names.flatMap((name) => {
    const step = CHECKPOINT.exec(name)?.[1];
    return step === undefined ? [] : [{ file: path.join(folder, name), step: Number(step) }];
  });
  return found.sort((a, b) => a.step - b.step);
}

/**
 * Why a file that claims to be a Latent Studio checkpoint is not accepted as one, as a sentence; undefined for other
 * files.
 */
export function claimProblem(metadata: Readonly<Record<string, string>>): string | undefined {
  if (!metadata['format']?.startsWith('latent-studio/')) return undefined;
  try {
    decodeCheckpointHead(metadata);
    return undefined;
  } catch (error) {
    return `It is shown as a plain tensor file: ${errorMessage(error)}.`;
  }
}

function headOf(metadata: Readonly<Record<string, string>>) {
  try {
    return decodeCheckpointHead(metadata);
  } catch {
    return undefined;
  }
}

function reasonToLookOnly(file: string | undefined, { trusted }: Surroundings): string | undefined {
  if (file === undefined) return 'It is not on a local disk, so it can only be viewed.';
  return trusted ? undefined : 'In Restricted Mode checkpoints can be viewed, but nothing is started.';
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function textAt(value: unknown, ...names: string[]): string | undefined {
  const found = names.reduce(propertyOf, value);
  return typeof found === 'string' ? found.slice(0, 100) : undefined;
}

function familyOf(specification: unknown): string | undefined {
  return textAt(specification, 'model', 'family');
}

function bestMetricOf(specification: unknown): string | undefined {
  return textAt(specification, 'checkpoints', 'keepBest', 'metric');
}

function titleOf(specification: unknown): string {
  const family = familyOf(specification);
  const names = [family && familyName(family), textAt(specification, 'data', 'set')?.toUpperCase()];
  return names.filter((name) => name !== undefined).join(' · ');
}
