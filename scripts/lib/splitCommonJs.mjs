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
 * Makes of `NAME.cjs` the part that is loaded at once and of `NAME/*.cjs` the others. esbuild splits ES modules only: so
 * it splits, and each part is then made CommonJS, in which an `import()` becomes a `require` in a promise. The source
 * maps of both steps are joined.
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
      ...{ format: 'esm', splitting: true, write: false, sourcemap: mapped ? 'external' : false },
      ...{ outdir: dir, outExtension: { '.js': '.cjs' }, entryNames: name, chunkNames: `${name}/[name]-[hash]` },
    });
    build.onEnd(async ({ outputFiles = [] }) => {
      const texts = new Map(outputFiles.map((file) => [file.path, file.text]));
      for (const [file, text] of texts) {
        if (!file.endsWith('.cjs')) continue;
        const { code, map } = await esbuild.transform(withMap(text, texts.get(`${file}.map`)), {
          ...{ format: 'cjs', platform: 'node', target: options.target, minify: options.minify },
          supported: { 'dynamic-import': false },
          sourcemap: mapped ? 'external' : false,
          sourcefile: file,
        });
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, mapped ? `${code}//# sourceMappingURL=${path.basename(file)}.map\n` : code);
        if (mapped) await writeFile(`${file}.map`, map);
      }
      await removeOld(path.join(dir, name));
    });
  },
};

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
