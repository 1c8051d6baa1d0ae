// Trains the two-player games whose results are compared with publications, one process with one thread after the other, and
// writes what they reach as a table.
//   node scripts/trained-games.mjs [--only a,b] [--minutes N] [--trials N] [--out FOLDER] [--table FILE.md] [--json]
// Results lie in the folder, a file a trial; those of the same specification are kept, so that the work can be continued.
// `--minutes` begins no trial after that time. `--json` prints the results of the chosen games.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { spearman, trainedGames } from './lib/trainedGames.mjs';

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
    trials: { type: 'string', default: 'Infinity' },
    out: { type: 'string', default: inRoot('test-results', 'trained-games') },
    table: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

/** What computes a result: another hash, another result. */
async function sourcesHash() {
  const hash = createHash('sha256');
  for (const folder of ['data', 'engine', 'evaluation', 'models', 'trainer']) {
    const files = (await readdir(inRoot('src', folder), { recursive: true })).filter((file) => file.endsWith('.ts'));
    for (const file of files.sort()) hash.update(file).update(await readFile(inRoot('src', folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Runs `latent … --json` and gives the last document that it prints. */
async function latent(...parameters) {
  const { stdout } = await promisify(execFile)(process.execPath, [inRoot('dist', 'cli.cjs'), ...parameters, '--json'], {
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** Trains one trial and evaluates it. @param {import('./lib/trainedGames.mjs').TrainedGame} game @param {number} seed */
async function trial(game, seed) {
  const runs = path.join(given.out, 'runs');
  const name = `${game.name}-${seed}`;
  const run = path.join(runs, name);
  await rm(run, { recursive: true, force: true });
  const began = performance.now();
  // Pictures are of no use here, and what is logged has no effect on what is learned.
  const logging = 'logging={"scalars":100,"images":1000000,"histograms":1000000}';
  const set = [...game.set, `training.seed=${seed}`, logging, 'engine.threads=1', 'engine.backend=tensorflow'];
  const ended = await latent(
    ...['train', inRoot('examples', `${game.example}.latent.json`), '--runs', runs, '--name', name],
    ...set.flatMap((each) => ['--set', each]),
  );
  if (ended.status !== 'finished') throw new Problem(`${name} did not finish.`, { why: JSON.stringify(ended) });
  const seconds = (performance.now() - began) / 1000;
  const folder = path.join(run, 'checkpoints');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.safetensors')).sort();
  const evaluated = game.everyCheckpoint ? files : files.slice(-1);
  const generated = game.generated === undefined ? [] : ['--generated', `${game.generated}`];
  const evaluations = [];
  for (const file of evaluated) evaluations.push(await latent('eval', path.join(folder, file), ...generated));
  const metrics = { ...evaluations.at(-1).metrics };
  if (game.everyCheckpoint) {
    const all = (tag) => evaluations.map((each) => each.metrics[tag]);
    metrics.spearman = spearman(all('test/critic/estimate'), all('samples/classifier_fid'));
  }
  return { steps: ended.step, seconds, metrics, evaluations: game.everyCheckpoint ? evaluations : undefined };
}

/** The results of a game that there are, and after `work` those that there was time for. */
async function resultsOf(game, sources, work) {
  const results = [];
  for (let seed = 0; seed < Math.min(game.trials, Number(given.trials)); seed++) {
    const file = path.join(given.out, `${game.name}-${seed}.json`);
    const example = await readFile(inRoot('examples', `${game.example}.latent.json`), 'utf8');
    const key = createHash('sha256')
      .update(JSON.stringify([example, game.set, sources]))
      .digest('hex');
    const known = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : undefined;
    if (known?.key === key) results.push(known);
    else if (work()) {
      process.stderr.write(`${game.name}, trial ${seed + 1} of ${game.trials}\n`);
      const result = {
        name: game.name,
        seed,
        key,
        date: new Date().toISOString().slice(0, 10),
        ...(await trial(game, seed)),
      };
      await writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`);
      results.push(result);
    }
  }
  return results;
}

const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;
const standardError = (values) => {
  const middle = mean(values);
  const squares = values.reduce((sum, each) => sum + (each - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
};
const figure = (value) => Number(value.toPrecision(3)).toString();

/** One metric over the trials: mean ± standard error, of few ones each. */
function shown(values) {
  if (values.length === 0 || values.some((value) => value === undefined)) return '–';
  if (values.length <= 3) return values.map(figure).join(', ');
  return `${figure(mean(values))} ± ${figure(standardError(values))}`;
}

function table(rows) {
  const lines = rows.map(({ game, results }) => {
    const measured = game.shows.map(
      (tag) => `${tag.replace('samples/', '')} ${shown(results.map(({ metrics }) => metrics[tag]))}`,
    );
    const text = results.length === 0 ? 'not measured' : measured.join('; ');
    const seconds = results.length === 0 ? '–' : figure(mean(results.map((each) => each.seconds)));
    return `| ${game.title} | ${results.length} of ${game.trials} | ${text} | ${game.bar} | ${seconds} |`;
  });
  const dates = [...new Set(rows.flatMap(({ results }) => results.map(({ date }) => date)))].sort().join(', ');
  return [
    ...INTRODUCTION,
    '| what is trained | trials | reached | bar, or published | seconds a trial |',
    '| --- | --- | --- | --- | ---: |',
    ...lines,
    '',
    `${os.cpus()[0]?.model.trim() ?? os.arch()}, one thread a run; ${dates}.`,
    '',
  ].join('\n');
}

const INTRODUCTION = [
  '# What the models of two players reach',
  '',
  '`node scripts/trained-games.mjs --table docs/trained-games.md` trains what is missing and writes this page; `npm run test:trained -- -- games`',
  'holds the results to their bars. Each run is a process of its own; results are kept in `test-results/trained-games`, by specification and',
  'sources, so that the work can be continued. What was not measured is not estimated.',
  '',
  '**Modes**: 2,500 samples of the last checkpoint; one within 3σ of the nearest mode is of high quality; a mode is reached by at least one',
  'of these; reverse KL in nats ([how](models.md#quality-of-samples)). **Images**: 10,000 samples against the 10,000 test images; classifier-FID is',
  'no Inception-FID. Figures are mean ± standard error over the trials (seeds 0, 1, …); of up to three trials, each.',
  '',
  'Lin et al. ([2018](https://arxiv.org/abs/1712.04086), table 1) train 400 epochs of 1,000 batches with a generator of four layers of 400 with batch',
  'normalization and a discriminator of three maxout layers of 200 × 5, with Adam(1e-4, β₁ 0.8). Rows of “our preset” have their data (up to the',
  'scale of the ring), measure and number of trials, but two layers of 128, Adam(1e-3, β₁ 0.5) decaying to 0, and 3,900 steps (grid: 7,800), so',
  'that they can be compared in kind only. Rows of “networks of the paper” have all but maxout, in whose place there are leaky ReLUs.',
  '',
];

await runMain(async () => {
  const only = given.only?.split(',');
  const unknown = only?.filter((name) => !trainedGames.some((game) => game.name === name)) ?? [];
  if (unknown.length > 0) throw new Problem(`There is no game ${unknown.join(', ')}.`);
  await mkdir(given.out, { recursive: true });
  const sources = await sourcesHash();
  const until = performance.now() + 60_000 * Number(given.minutes);
  const rows = [];
  for (const game of trainedGames) {
    const chosen = only === undefined || only.includes(game.name);
    if (!chosen && given.json) continue;
    rows.push({ game, results: await resultsOf(game, sources, () => chosen && performance.now() < until) });
  }
  if (given.json) process.stdout.write(`${JSON.stringify(rows.flatMap(({ results }) => results))}\n`);
  if (given.table !== undefined) await writeFile(given.table, table(rows));
});
