// Bundles for VS Code's extension host, which loads CommonJS, in parts: one file that a start loads, and beside it what
// is loaded with the first `await import('…')` that asks for it.
import * as esbuild from 'esbuild';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inRoot } from './paths.mjs';

/** File names of parts contain a hash of their contents: a window that runs an earlier build still finds its own. */
const KEPT_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * Makes of `NAME.cjs` what is loaded at once, in a single file, since each further file costs a start about a
 * millisecond, and of `NAME/*.cjs` the others. esbuild splits ES modules only: so it splits; the parts that a start loads
 * are joined again, and each other one is made CommonJS, in which an `import()` becomes a `require` in a promise. The
 * source maps of both steps are joined.
 * @type {esbuild.Plugin}
 */
export const splitCommonJs = {
  name: 'split-commonjs',
  setup(build) {
    const options = build.initialOptions;
    const mapped = Boolean(options.sourcemap);
    const { dir, name } = path.parse(options.outfile ?? '');
    delete options.outfile;
    Object.assign(options, {
      ...{ format: 'esm', splitting: true, write: false, sourcemap: mapped ? 'external' : false, metafile: true },
      ...{ outdir: dir, outExtension: { '.js': '.cjs' }, entryNames: name, chunkNames: `${name}/[name]-[hash]` },
    });
    /** @type {esbuild.CommonOptions & {format: 'cjs'}} */
    const common = {
      ...{ format: 'cjs', platform: 'node', target: options.target, minify: options.minify },
      supported: { 'dynamic-import': false },
      sourcemap: mapped ? 'external' : false,
    };
    const write = async (file, code, map) => {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, mapped && map ? `${code}//# sourceMappingURL=${path.basename(file)}.map\n` : code);
      if (mapped && map) await writeFile(`${file}.map`, map);
    };
    build.onEnd(async ({ outputFiles = [], metafile }) => {
      const texts = new Map(outputFiles.map((file) => [file.path, file.text]));
      const entry = path.resolve(dir, `${name}.cjs`);
      if (!texts.has(entry) || metafile === undefined) return;
      const source = (file) => withMap(texts.get(file), texts.get(`${file}.map`));
      const atOnce = loadedWith(entry, metafile);
      const joined = await esbuild.build({
        ...common,
        ...{ stdin: { contents: joining(entry, atOnce), resolveDir: dir }, bundle: true, write: false },
        ...{ outfile: entry, plugins: [fromMemory(source, new Set([entry, ...atOnce]), dir)], logLevel: 'silent' },
      });
      const [map, code] = ['.map', '.cjs'].map(
        (end) => joined.outputFiles.find((file) => file.path.endsWith(end))?.text,
      );
      await write(entry, code, map);
      for (const file of texts.keys()) {
        if (!file.endsWith('.cjs') || file === entry) continue;
        if (atOnce.includes(file)) {
          const part = JSON.stringify(path.basename(file));
          await write(file, `module.exports = require("../${name}.cjs").parts[${part}];\n`);
          continue;
        }
        const made = await esbuild.transform(source(file), { ...common, sourcefile: file });
        await write(file, made.code, made.map);
      }
      await removeOld(path.join(dir, name));
    });
  },
};

/** The parts that are loaded together with the entry, as absolute paths. */
function loadedWith(entry, { outputs }) {
  const found = new Set([path.relative(process.cwd(), entry).replaceAll('\\', '/')]);
  // A Set may grow while it is iterated.
  for (const part of found) {
    for (const { path: imported, kind, external } of outputs[part].imports) {
      if (!external && kind !== 'dynamic-import') found.add(imported);
    }
  }
  return [...found].slice(1).map((part) => path.resolve(part));
}

/** A module of the entry and its parts, which the other parts find by their names. */
function joining(entry, parts) {
  const imports = parts.map((part, i) => `import * as part${i} from ${JSON.stringify(part)};`);
  const named = parts.map((part, i) => `${JSON.stringify(path.basename(part))}: part${i}`);
  return [...imports, `export * from ${JSON.stringify(entry)};`, `export const parts = { ${named.join(', ')} };`].join(
    '\n',
  );
}

/** Loads the modules that are joined from memory; everything else stays outside, named as seen from `folder`. */
const fromMemory = (source, joined, folder) => ({
  name: 'from-memory',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path: name, importer }) => {
      if (!name.startsWith('.') && !path.isAbsolute(name)) return { path: name, external: true };
      const file = path.resolve(importer === '<stdin>' ? folder : path.dirname(importer), name);
      if (joined.has(file)) return { path: file, namespace: 'part' };
      return { path: `./${path.relative(folder, file).replaceAll('\\', '/')}`, external: true };
    });
    build.onLoad({ filter: /.*/, namespace: 'part' }, ({ path: file }) => ({ contents: source(file), loader: 'js' }));
  },
});

async function removeOld(folder) {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name);
    if ((await stat(file)).mtimeMs < Date.now() - KEPT_MILLISECONDS) await rm(file);
  }
}

/** The text with its source map inline, where esbuild looks for it. */
function withMap(text, map) {
  if (map === undefined) return text;
  return `${text}//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`;
}

/**
 * `import * as vscode` in CommonJS copies the namespace for every file that imports it, hundreds of names at .4 ms a
 * file. Through this module, which names what there is, esbuild finds the names that are used and asks VS Code for these.
 * @type {esbuild.Plugin}
 */
export const vscodeNames = {
  name: 'vscode-names',
  setup(build) {
    build.onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === 'vscode-names'
        ? { path: 'vscode', external: true }
        : { path: 'names', namespace: 'vscode-names', sideEffects: false },
    );
    build.onLoad({ filter: /.*/, namespace: 'vscode-names' }, () => {
      const types = readFileSync(inRoot('node_modules', '@types', 'vscode', 'index.d.ts'), 'utf8');
      const names = [...types.matchAll(/^\texport (?:namespace|class|enum|const) (\w+)/gm)].map(([, name]) => name);
      return { contents: `export { ${[...new Set(names)].join(', ')} } from 'vscode';` };
    });
  },
};
