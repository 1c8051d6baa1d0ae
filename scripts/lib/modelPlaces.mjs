import * as esbuild from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inRoot } from './paths.mjs';

const places = inRoot('src', 'engine', 'graph', 'places.ts');

/**
 * Lets the modules of models say where they lie in a bundle, and keeps the names of their functions when it is
 * minified, so that an error of a compiled function names what the model's author wrote (src/engine/graph/places.ts).
 * @param {string} [folder] of the models
 * @returns {esbuild.Plugin}
 */
export function modelPlaces(folder = inRoot('src', 'models')) {
  return {
    name: 'model-places',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
        if (path.dirname(file) !== folder) return undefined;
        const name = `${path.basename(folder)}/${path.basename(file)}`;
        const mark = (edge) => `__place(${JSON.stringify(name)}, '${edge}');`;
        const source = await readFile(file, 'utf8');
        // Without adding lines, so that line numbers match the source map.
        const marked = `import { place as __place } from ${JSON.stringify(places)}; ${mark('begin')} ${source}\n${mark('end')}`;
        const { target } = build.initialOptions;
        const { code } = await esbuild.transform(marked, {
          loader: 'ts',
          target,
          keepNames: true,
          sourcemap: 'inline',
          sourcefile: path.basename(file),
        });
        return { contents: code, loader: 'js', resolveDir: folder };
      });
    },
  };
}
