import { plural } from '../../src/common/plural';
import type { RunDetail } from '../../src/protocol/views';
import { formatStep } from '../shared/format';

export interface SpecificationGroup {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
}

/** What a run is, in groups of rows. Goes over whatever a specification holds, so that it knows no family. */
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
 * The run in one line: "vae · mlp 400 · latent 20 · mnist · 10 epochs · batch 128 · 652,824 parameters · 366fc52", and what
 * sets it apart from others: an optimiser, a schedule or an engine's mode that is not the usual one, a run that it continues.
 */
export function specificationLine(detail: RunDetail): string {
  const { specification, parameters, gitCommit } = detail;
  const { model, data, training, engine } = specification;
  return [
    model.family,
    describe(model.network),
    `latent ${model.latent}`,
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
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** "vae-mnist-001, step 4,690" */
function parentWords({ parent }: RunDetail): string | undefined {
  return parent && `${parent.name}, step ${formatStep(parent.step)}`;
}

function unless(usual: string, value: string): string | undefined {
  return value === usual ? undefined : value;
}

/** What was changed while the run trained, beside what the specification says: "1 → 4, since step 938". */
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

/** "mlp, hidden 400, activation relu" of an object whose first value names its kind; lists with spaces between. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(describe).join(' ');
  if (typeof value === 'number' && Number.isInteger(value)) return formatStep(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, each]) => (NAMES_ITSELF.has(key) ? describe(each) : `${words(key).toLowerCase()} ${describe(each)}`))
    .join(', ');
}

/** Keys whose value says by itself what it is. */
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
