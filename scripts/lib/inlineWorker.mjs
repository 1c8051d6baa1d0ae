import * as esbuild from 'esbuild';
import path from 'node:path';

const SUFFIX = '?inline-worker';

/**
 * Bundles the program that is imported as `./name?inline-worker` into one text. A webview may start workers only from
 * blobs, so a worker cannot be a separate file or import one. It is a module, which has its own scope and needs no
 * wrapping function.
 * @type {esbuild.Plugin}
 */
export const inlineWorker = {
  name: 'inline-worker',
  setup(build) {
    build.onResolve({ filter: /\?inline-worker$/ }, ({ path: asked, resolveDir }) => ({
      path: path.join(resolveDir, `${asked.slice(0, -SUFFIX.length)}.ts`),
      namespace: 'inline-worker',
    }));
    build.onLoad({ filter: /.*/, namespace: 'inline-worker' }, async ({ path: entry }) => {
      const { minify, define, target } = build.initialOptions;
      const { outputFiles, metafile } = await esbuild.build({
        entryPoints: [entry],
        bundle: true,
        write: false,
        metafile: true,
        format: 'esm',
        platform: 'browser',
        ...{ minify, define, target },
      });
      const watchFiles = Object.keys(metafile.inputs).map((file) => path.resolve(file));
      return { contents: outputFiles[0].text, loader: 'text', watchFiles };
    });
  },
};
