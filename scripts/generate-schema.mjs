// Writes media/specification.schema.json, which completes *.latent.json in the editor and says what each key means, from
// the zod schema that the programs use. Errors are marked by the extension, with the trainer's own messages: a schema
// that complained, too, would mark it a second time. `--check` only says whether the file is up to date (exit code 1 if not).
import * as esbuild from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const target = path.join(root, 'media', 'specification.schema.json');

const bundle = await esbuild.build({
  stdin: {
    contents: `import * as z from 'zod';
      import { specificationSchema } from './src/protocol/specification';
      export default z.toJSONSchema(specificationSchema, { io: 'input', target: 'draft-7', reused: 'inline' });`,
    resolveDir: root,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { default: strict } = await import(`data:text/javascript;base64,${code}`);

/** Accepts everything; in an `anyOf` it suppresses errors of the other schemas. */
const anything = {};

/** The same schema without validation: descriptions, defaults and completions. */
function advice({ description, default: value, properties, items, oneOf, anyOf, ...rest }) {
  const words = anyOf?.flatMap((each) => ('const' in each ? [`, or ${JSON.stringify(each.const)}`] : [])) ?? [];
  const numbers = limits(anyOf?.find(({ type }) => type === 'integer') ?? rest);
  const more = [numbers && `${numbers}${words.join('')}.`, defaults(value)].filter(Boolean).join(' ');
  const said = {
    ...(description && { description: more ? `${description}\n\n${more}` : description }),
    ...(value !== undefined && { default: value }),
  };
  if (properties) return { ...said, properties: mapped(properties) };
  if (items) return { ...said, items: advice(items) };
  const discriminator = oneOf && Object.keys(oneOf[0].properties).find((key) => 'const' in oneOf[0].properties[key]);
  if (discriminator) return { ...said, ...chosenBy(discriminator, oneOf) };
  const values = offered({ ...rest, anyOf });
  return values ? { ...said, anyOf: [values, anything] } : said;
}

/** "A whole number from 1 to 64"; empty unless it is a number. Zod limits every integer to the safe range. */
function limits({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  if (type !== 'integer' && type !== 'number') return '';
  const [least, most] = [minimum, maximum].map((limit) =>
    Number.isSafeInteger(limit + Math.sign(limit)) || !Number.isInteger(limit) ? limit : undefined,
  );
  const bounds = [
    exclusiveMinimum !== undefined && `greater than ${exclusiveMinimum}`,
    least !== undefined && (most === undefined ? `of at least ${least}` : `from ${least}`),
    exclusiveMaximum !== undefined && `less than ${exclusiveMaximum}`,
    most !== undefined && (least === undefined ? `at most ${most}` : `to ${most}`),
  ].filter(Boolean);
  const kind = type === 'integer' ? 'A whole number' : 'A number';
  return [kind, bounds.join(least !== undefined && most !== undefined ? ' ' : ', ')].filter(Boolean).join(' ');
}

/** A section's default is the combination of its members' defaults. */
const defaults = (value) =>
  value === undefined || (typeof value === 'object' && !Array.isArray(value))
    ? ''
    : `Default: ${JSON.stringify(value)}.`;

const mapped = (properties) =>
  Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, advice(schema)]));

/**
 * A union with a discriminator: the discriminator offers all its values, and each member its own keys once it is
 * chosen.
 */
function chosenBy(key, possibilities) {
  const all = possibilities.map(({ properties }) => properties[key]);
  const choice = {
    description: all.map((each) => `${each.const}: ${each.description}`).join('\n\n'),
    anyOf: [{ enum: all.map((each) => each.const), enumDescriptions: all.map((each) => each.description) }, anything],
  };
  const chosen = possibilities.map(({ properties }) => {
    const { [key]: which, ...own } = properties;
    return { properties: { [key]: { const: which.const, doNotSuggest: true }, ...mapped(own) } };
  });
  return { properties: { [key]: choice }, anyOf: [...chosen, anything] };
}

/**
 * The values that an editor can offer; those of `anyOf` may be among possibilities that cannot be listed.
 * @param {{enum?: unknown[], enumDescriptions?: string[], const?: unknown, anyOf?: object[]}} schema
 * @returns {{enum: unknown[], enumDescriptions?: string[]} | undefined}
 */
function offered({ enum: values, enumDescriptions, const: only, anyOf = [] }) {
  if (values) return { enum: values, ...(enumDescriptions && { enumDescriptions }) };
  if (only !== undefined) return { enum: [only] };
  return anyOf.map(offered).find((found) => found !== undefined);
}

/** Keys without a description, which the editor would show on completion. */
function undescribed({ properties = {}, anyOf = [], items }, at = '') {
  const own = Object.entries(properties).flatMap(([key, schema]) => [
    ...(schema.description || 'const' in schema ? [] : [`${at}${key}`]),
    ...undescribed(schema, `${at}${key}.`),
  ]);
  return [...own, ...[...anyOf, ...(items ? [items] : [])].flatMap((schema) => undescribed(schema, at))];
}

const schema = { $schema: strict.$schema, title: 'Experiment of Latent Studio', type: 'object', ...advice(strict) };
const without = undescribed(schema);
if (without.length > 0) throw new Error(`Keys of the specification without a description: ${without.join(', ')}`);
const text = `${JSON.stringify(schema, null, 2)}\n`;

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
    console.error(`${path.relative(root, target)} is out of date. Run: node scripts/generate-schema.mjs`);
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}
