import * as esbuild from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { modelPlaces } from '../../../../scripts/lib/modelPlaces.mjs';
import { locateTensorFlow, trainerEnvironment } from '../../../../src/native';
import { backends } from '../../support/backends';

const here = path.join(import.meta.dirname, 'bundled');

/** What compiling each of the broken functions says in a bundle. */
async function said(minify: boolean): Promise<Record<string, string>> {
  const folder = await mkdtemp(path.join(import.meta.dirname, '..', '..', '..', '..', 'test-results', 'bundled-'));
  const outfile = path.join(folder, 'program.cjs');
  try {
    await esbuild.build({
      entryPoints: [path.join(here, 'program.ts')],
      outfile,
      minify,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      plugins: [modelPlaces(path.join(here, 'models'))],
    });
    const env = trainerEnvironment(await locateTensorFlow());
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], { env });
    return JSON.parse(stdout) as Record<string, string>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

it.runIf(backends().includes('tensorflow')).each([
  ['a bundle', false],
  ['a minified bundle', true],
])('in %s, errors of compiled functions name the model’s functions first', async (_what, minify) => {
  const { reads, gathers, shifts } = await said(minify);
  expect(reads).toMatch(/a tensor’s value was read.* Called from brightness \(models\/broken\.ts\), \S*body/);
  expect(gathers).toMatch(/GatherV2 failed.* Called from embed \(models\/broken\.ts\), /);
  expect(shifts).toMatch(
    /made outside of the function.* Called from shift \(models\/shift\.ts\), \S*body \(models\/broken/,
  );
});
