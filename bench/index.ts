import os from 'node:os';
import { parseArgs } from 'node:util';
import { logs } from './logs';
import { inWords, type Report } from './report';
import { watched } from './watched';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, programs: { type: 'string' }, python: { type: 'string' } },
});
const benchmarks: Readonly<Record<string, (programs: string) => Promise<Report>>> = {
  watched,
  logs: (programs) => logs(programs, values.python),
};

async function main(programs: string): Promise<void> {
  const names = positionals.length === 0 ? Object.keys(benchmarks) : positionals;
  for (const name of names) {
    const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
    if (benchmark === undefined)
      throw new Error(`There is no benchmark "${name}"; there are ${Object.keys(benchmarks).join(', ')}.`);
    const report = await benchmark(programs);
    console.log(values.json ? JSON.stringify({ name, ...report }) : inWords(report));
  }
  const [cpu] = os.cpus();
  if (!values.json)
    console.log(`${os.cpus().length} × ${cpu?.model}, load ${os.loadavg()[0]!.toFixed(1)}; read the ratios.`);
}

main(values.programs ?? 'dist').catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
