import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { parseSpecification, type Specification } from '../../../../src/protocol/specification';
import { createRun, type RunDirectory } from '../../../../src/runs/directory';

/** An empty folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latent-runs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function vae(overrides: Record<string, unknown> = {}): Specification {
  return parseSpecification({ model: { family: 'vae' }, ...overrides });
}

export async function temporaryRun(): Promise<RunDirectory> {
  return createRun(await temporaryFolder(), vae());
}
