// Checks the bundles of the last build by their metafiles: what may not be inside, and how large each may be.
import { readdir, readFile } from 'node:fs/promises';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';

const vscode = /^vscode$/;
const tensors = /(^|node_modules\/)@tensorflow\//;
const node = /^(node:|(fs|path|net|os|crypto|child_process|worker_threads)$)/;

/**
 * One row a bundle: modules that it may not hold nor ask for, and its largest size in KB as built for development
 * (the packed ones are smaller). A limit is about a third above what the bundle needed when it was last looked at.
 */
const rules = {
  'extension.cjs': { without: [tensors], kilobytes: 520 },
  'logWorker.cjs': { without: [tensors, vscode], kilobytes: 80 },
  'trainer.cjs': { without: [vscode], kilobytes: 7400 },
  'cli.cjs': { without: [tensors, vscode], kilobytes: 620 },
  'webview/charts.js': { without: [tensors, vscode, node], kilobytes: 570 },
  'webview/run.js': { without: [tensors, vscode, node], kilobytes: 570 },
};

/** Every module that a bundle holds or leaves to be found at run time. */
function modules(metafile) {
  const [output] = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint);
  const external = output.imports.filter((found) => found.external).map((found) => found.path);
  return { bytes: output.bytes, inside: [...Object.keys(output.inputs), ...external] };
}

await runMain(async () => {
  const folder = inRoot('dist', 'meta');
  const found = new Set(await readdir(folder).catch(() => []));
  const problems = [];
  for (const [bundle, { without, kilobytes }] of Object.entries(rules)) {
    const file = `${bundle.replaceAll('/', '-')}.json`;
    if (!found.delete(file)) {
      problems.push(`${bundle}: not built (npm run build)`);
      continue;
    }
    const { bytes, inside } = modules(JSON.parse(await readFile(`${folder}/${file}`, 'utf8')));
    const size = Math.ceil(bytes / 1024);
    process.stdout.write(`${bundle.padEnd(20)} ${String(size).padStart(6)} KB of ${kilobytes}\n`);
    if (size > kilobytes) problems.push(`${bundle}: ${size} KB, ${kilobytes} are allowed`);
    for (const pattern of without) {
      const wrong = inside.filter((name) => pattern.test(name));
      if (wrong.length > 0) problems.push(`${bundle}: may not hold ${wrong.slice(0, 3).join(', ')}`);
    }
  }
  found.delete('test-host.cjs.json');
  for (const file of found) problems.push(`${file.slice(0, -5)}: no rule in scripts/check-bundles.mjs speaks of it`);
  if (problems.length > 0) throw new Problem(`The bundles are not as they should be:\n  ${problems.join('\n  ')}`);
});
