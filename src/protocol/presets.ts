import { presetOf } from './families/schemas';

type Settings = Readonly<Record<string, unknown>>;

/** The keys that choose a variant, whose other keys belong to it alone. */
const CHOICES = ['kind', 'set'] as const;

/**
 * A specification as it was written, completed before the general defaults hold: by its family's preset, and single optimizers by
 * what `training.optimizer` says. Settings are completed key by key, unless they choose another variant (`kind`, `set`).
 */
export function withPreset(written: unknown, presetFor: typeof presetOf = presetOf): unknown {
  if (!isSettings(written)) return written;
  const { model, data } = written;
  const set = isSettings(data) ? data['set'] : undefined;
  const preset = isSettings(model) ? presetFor(model['family'], set) : undefined;
  const value = completed(written, preset) as Settings;
  const { training } = value;
  if (!isSettings(training) || !isSettings(training['optimizers'])) return value;
  const shared = isSettings(training['optimizer']) ? { kind: 'adam', ...training['optimizer'] } : undefined;
  const optimizers = Object.entries(training['optimizers']).map(([name, own]) => [
    name,
    isSettings(own) && isSettings(own['optimizer']) ? { ...own, optimizer: completed(own['optimizer'], shared) } : own,
  ]);
  return { ...value, training: { ...training, optimizers: Object.fromEntries(optimizers) as unknown } };
}

function completed(written: unknown, preset: unknown): unknown {
  if (written === undefined) return preset;
  if (!isSettings(written) || !isSettings(preset)) return written;
  if (CHOICES.some((key) => key in written && written[key] !== preset[key])) return written;
  const inside = Object.entries(preset).map(([key, value]) => [key, completed(own(written, key), value)]);
  return { ...written, ...(Object.fromEntries(inside) as Settings) };
}

function own(settings: Settings, key: string): unknown {
  return Object.hasOwn(settings, key) ? settings[key] : undefined;
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
