import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkpoint } from './checkpoint';
import { logs } from './logs';
import { inWords, type Report } from './report';
import { training } from './training';
import { watched } from './watched';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    root: { type: 'string' },
    python: { type: 'string' },
    pytorch: { type: 'string' },
    tensorflow: { type: 'string' },
    models: { type: 'string' },
    without: { type: 'string' },
    quick: { type: 'boolean' },
    gpu: { type: 'boolean' },
    threads: { type: 'string' },
    from: { type: 'string' },
    chart: { type: 'string' },
  },
});
const root = values.root ?? '.';
const programs = path.join(root, 'dist');
const benchmarks: Readonly<Record<string, () => Promise<Report>>> = {
  watched: () => watched(programs),
  logs: () => logs(programs, values.python),
  // Opens a browser for minutes: loaded when it is asked for.
  latent: async () => (await import('./latent')).latent(programs, path.join(root, 'test-results'), values.python),
  checkpoint: () => checkpoint(programs, values.python),
};

async function main(): Promise<void> {
  // Half an hour, and frameworks of gigabytes: only when it is asked for.
  if (positionals.includes('training')) {
    const scripts = path.join(root, 'bench', 'training', 'python');
    const results = path.join(root, 'test-results');
    const show = values.json ? () => undefined : (words: string) => console.log(words);
    const result = await training({ ...values, programs, scripts, results, show });
    if (values.json) console.log(JSON.stringify({ name: 'training', ...result }));
    if (positionals.length === 1) return;
  }
  const names = positionals.length === 0 ? Object.keys(benchmarks) : positionals.filter((name) => name !== 'training');
  for (const name of names) {
    const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
    if (benchmark === undefined) {
      throw new Error(`There is no benchmark "${name}"; there are ${Object.keys(benchmarks).join(', ')}, training.`);
    }
    const report = await benchmark();
    console.log(values.json ? JSON.stringify({ name, ...report }) : inWords(report));
  }
  const [cpu] = os.cpus();
  if (!values.json)
    console.log(`${os.cpus().length} × ${cpu?.model}, load ${os.loadavg()[0]!.toFixed(1)}; read the ratios.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
