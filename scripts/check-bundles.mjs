// Checks the bundles of the last build by their metafiles: what may not be inside, and how large each may be.
import { readdir, readFile } from 'node:fs/promises';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';

const vscode = /^vscode$/;
const tensors = /(^|node_modules\/)@tensorflow\//;
const node = /^(node:|(fs|path|net|os|crypto|child_process|worker_threads)$)/;
const packages = /(^|\/)node_modules\//;
/**
 * Modules that are needed after a click, for a view or for the first run found: they must not delay a window's start.
 */
const onUse = [
  packages,
  /^src\/(process|formats|native|tensors)\//,
  /^src\/protocol\/(?!(status|lastEdit|families\/index)\.ts$)/,
  /^src\/runs\/(?!(error|logService|printable)\.ts$)/,
  /^src\/host\/(commands|views)\/(?!(index|schemes)\.ts$)/,
  /^src\/host\/editors\/(?!(index|checkpoint\/viewTypes)\.ts$)/,
  /^src\/host\/ui\/(act|html|pickRun|problems)\.ts$/,
];

/**
 * One row a bundle: modules that it may not hold nor ask for, and its largest size in KB as built for development
 * (the packed ones are smaller). A limit is about a third above what the bundle needed when it was last looked at.
 * `parts`: the same for everything loaded together with one module of a split bundle. With the extension's
 * own module that is what VS Code waits for when a window starts: with 53 KB for 29 of the 50 ms that we allow ourselves
 * (scripts/measure-activation.mjs). The look for runs follows in every window, also where there are none.
 *
 * @typedef {{without: RegExp[], kilobytes: number}} Rule
 * @type {Record<string, Rule & {parts?: Record<string, Rule>}>}
 */
const rules = {
  'extension.cjs': {
    without: [tensors],
    kilobytes: 720,
    parts: {
      'src/extension.ts': { without: onUse, kilobytes: 98 },
      'src/runs/scan.ts': { without: [packages], kilobytes: 20 },
    },
  },
  'logWorker.cjs': { without: [tensors, vscode], kilobytes: 80 },
  'batchWorker.cjs': { without: [tensors, vscode], kilobytes: 40 },
  'imageDecoder.cjs': { without: [tensors, vscode], kilobytes: 60 },
  'tensorWorker.cjs': { without: [tensors, vscode, packages], kilobytes: 300 },
  'trainer.cjs': { without: [vscode], kilobytes: 7400 },
  'cli.cjs': { without: [tensors, vscode], kilobytes: 900 },
  'webview/charts.js': { without: [tensors, vscode, node], kilobytes: 570 },
  'webview/checkpoint.js': { without: [tensors, vscode, node], kilobytes: 300 },
  'webview/draw.js': { without: [tensors, vscode, node], kilobytes: 60 },
  'webview/latent.js': { without: [tensors, vscode, node], kilobytes: 320 },
  'webview/run.js': { without: [tensors, vscode, node], kilobytes: 640 },
};

/**
 * The modules of a bundle, or with `entry` those that are loaded together with that module.
 * @returns {{bytes: number, inside: string[]}} its size, and every module that it contains or requires at run time
 */
function contents({ outputs }, entry) {
  const all = Object.keys(outputs).filter((name) => !name.endsWith('.map') && !name.endsWith('.css'));
  const parts = new Set(entry ? all.filter((name) => outputs[name].entryPoint === entry) : all);
  // A Set may grow while it is iterated.
  for (const part of parts) {
    for (const { path, kind, external } of outputs[part].imports) {
      if (!external && kind !== 'dynamic-import') parts.add(path);
    }
  }
  const loaded = [...parts].map((part) => outputs[part]);
  const asked = loaded.flatMap(({ imports }) => imports.filter(({ external }) => external).map(({ path }) => path));
  return {
    bytes: loaded.reduce((sum, { bytes }) => sum + bytes, 0),
    inside: [...loaded.flatMap(({ inputs }) => Object.keys(inputs)), ...asked],
  };
}

/** Problems of a bundle or a part of it, as messages. */
function doubts(name, { bytes, inside }, { without, kilobytes }) {
  const size = Math.ceil(bytes / 1024);
  process.stdout.write(`${name.padEnd(24)} ${String(size).padStart(6)} KB of ${kilobytes}\n`);
  if (size === 0) return [`${name}: nothing of that name was built`];
  const found = size > kilobytes ? [`${name}: ${size} KB; the limit is ${kilobytes}`] : [];
  for (const pattern of without) {
    const wrong = inside.filter((module) => pattern.test(module));
    if (wrong.length > 0) found.push(`${name}: may not hold ${wrong.slice(0, 3).join(', ')}`);
  }
  return found;
}

await runMain(async () => {
  const folder = inRoot('dist', 'meta');
  const found = new Set(await readdir(folder).catch(() => []));
  const problems = [];
  for (const [bundle, { parts = {}, ...rule }] of Object.entries(rules)) {
    const file = `${bundle.replaceAll('/', '-')}.json`;
    if (!found.delete(file)) {
      problems.push(`${bundle}: not built (npm run build)`);
      continue;
    }
    const metafile = JSON.parse(await readFile(`${folder}/${file}`, 'utf8'));
    problems.push(...doubts(bundle, contents(metafile), rule));
    for (const [entry, its] of Object.entries(parts)) {
      problems.push(...doubts(`  with ${entry}`, contents(metafile, entry), its));
    }
  }
  // The gallery has styles alone.
  for (const name of ['test-host.cjs', 'webview-gallery.css']) found.delete(`${name}.json`);
  for (const file of found) problems.push(`${file.slice(0, -5)}: no rule in scripts/check-bundles.mjs speaks of it`);
  if (problems.length > 0) throw new Problem(`The bundles violate their rules:\n  ${problems.join('\n  ')}`);
});
