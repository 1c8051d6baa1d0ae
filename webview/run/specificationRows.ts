import { plural } from '../../src/common/plural';
import type { Capabilities } from '../../src/protocol/capabilities';
import type { RunDetail } from '../../src/protocol/views';
import { formatStep } from '../shared/format';

export interface SpecificationGroup {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
}

/** The facts of a run in groups of rows. It enumerates the specification, so it needs no family's keys. */
export function specificationGroups(
  detail: RunDetail,
  {
    backend,
  }: { readonly backend?: { readonly description: string; readonly flags: Readonly<Record<string, string>> } },
): SpecificationGroup[] {
  const { model, data, training, logging, checkpoints, engine } = detail.specification;
  const { 'latent-studio': version, ...others } = detail.versions;
  const about: [string, string | undefined][] = [
    ['Parameters', detail.parameters === undefined ? undefined : formatStep(detail.parameters)],
    ['Started', localTime(detail.createdAt)],
    ['Started from', parentWords(detail)],
    ['Git commit', detail.gitCommit],
  ];
  const environment: [string, string | undefined][] = [
    ['Backend', backend?.description],
    ...Object.entries(backend?.flags ?? {}),
    ['Latent Studio', version],
    ...Object.entries(others),
  ];
  const parts = {
    Model: model,
    Data: data,
    Training: training,
    Logging: logging,
    Checkpoints: checkpoints,
    Engine: engine,
  };
  return [
    ...Object.entries(parts).map(([title, part]) => ({ title, rows: rowsOf(part) })),
    { title: 'Edited', rows: editedRows(detail) },
    ...Object.entries({ Run: about, Environment: environment }).map(([title, rows]) => ({ title, rows: known(rows) })),
  ].filter(({ rows }) => rows.length > 0);
}

/**
 * The run in one line: "vae · mlp, hidden 400 · latent 20 · mnist · 10 epochs · batch 128 · 652,824 parameters ·
 * 366fc52", with an optimizer, a schedule or an engine mode if it is not the default, and the run whose checkpoint it
 * started from.
 */
export function specificationLine(detail: RunDetail, capabilities: Capabilities | undefined): string {
  const { specification, parameters, gitCommit } = detail;
  const { model, data, training, engine } = specification;
  return [
    model.family,
    ...networks(model),
    capabilities?.latent && `latent ${formatStep(capabilities.latent.size)}`,
    data.binarization === 'none' ? data.set : `${data.set}, ${data.binarization}`,
    plural(training.epochs, 'epoch'),
    `batch ${training.batch}`,
    unless('adam', training.optimizer.kind),
    unless('constant', training.schedule.kind),
    unless('compiled', engine.mode),
    parameters === undefined ? undefined : plural(parameters, 'parameter', 'parameters', formatStep(parameters)),
    gitCommit?.slice(0, 7),
    detail.parent && `from ${parentWords(detail)}`,
  ]
    .filter((part) => typeof part === 'string')
    .join(' · ');
}

/**
 * The model's parts that have a kind, named if there are several: "generator mlp, hidden 400", "critic mlp, hidden
 * 400".
 */
function networks(model: object): string[] {
  const parts = Object.entries(model).filter(([, part]) => typeof part === 'object' && part !== null && 'kind' in part);
  return parts.map(([name, part]) =>
    parts.length === 1 ? describe(part) : `${words(name).toLowerCase()} ${describe(part)}`,
  );
}

/** "vae-mnist-001, step 4,690" */
function parentWords({ parent }: RunDetail): string | undefined {
  return parent && `${parent.name}, step ${formatStep(parent.step)}`;
}

function unless(usual: string, value: string): string | undefined {
  return value === usual ? undefined : value;
}

/** Hyperparameters that were changed during training, with the specified value: "1 → 4, since step 938". */
function editedRows({ hyperparameters }: RunDetail): SpecificationGroup['rows'] {
  return hyperparameters
    .filter(({ value, current }) => value !== current)
    .map(({ title, value, current, since }) => ({
      label: title,
      value: `${value} → ${current}${since === undefined ? '' : `, since step ${formatStep(since)}`}`,
    }));
}

function known(rows: readonly [string, string | undefined][]): SpecificationGroup['rows'] {
  return rows.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
}

function rowsOf(part: object): { label: string; value: string }[] {
  return Object.entries(part).map(([key, value]) => ({ label: words(key), value: describe(value) }));
}

/**
 * "mlp, hidden 400, activation relu" for an object whose first value is its kind; the items of a list are separated by
 * spaces.
 */
function describe(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(describe).join(' ');
  if (typeof value === 'number' && Number.isInteger(value)) return formatStep(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, each]) => (NAMES_ITSELF.has(key) ? describe(each) : `${words(key).toLowerCase()} ${describe(each)}`))
    .join(', ');
}

/** Keys whose values are clear without the key. */
const NAMES_ITSELF = new Set(['kind', 'likelihood', 'metric']);

/** "learningRate" → "Learning rate". */
function words(key: string): string {
  const apart = key.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return apart.charAt(0).toUpperCase() + apart.slice(1);
}

function localTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? iso
    : time.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
