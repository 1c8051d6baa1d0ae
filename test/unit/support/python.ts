import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..', '..');
let found: { python: string } | { missing: string } | undefined;

/** The Python that has TensorBoard, safetensors and NumPy, or why there is none. */
function peerPython(): { python: string } | { missing: string } {
  found ??= find();
  return found;
}

function find(): { python: string } | { missing: string } {
  const script = path.join(root, 'scripts', 'setup-peers.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--find'], { encoding: 'utf8' });
  return status === 0 ? { python: stdout.trim() } : { missing: stderr.trim().replace(/\s+/g, ' ') };
}

/** The Python for a test that needs it; else the test is skipped and says why, or fails where nothing may be skipped. */
export function requirePeers(context: TestContext): string {
  const peers = peerPython();
  if ('python' in peers) return peers.python;
  if (process.env['CI'] || process.env['LATENT_STUDIO_REQUIRE_PEERS']) throw new Error(peers.missing);
  return context.skip(peers.missing);
}

/** Runs a script of `test/peers` and gives what it prints, parsed as JSON. Rejects with its error output. */
export async function runPeer(python: string, script: string, ...parameters: string[]): Promise<unknown> {
  const file = path.join(root, 'test', 'peers', script);
  const { stdout } = await promisify(execFile)(python, [file, ...parameters], { maxBuffer: 1 << 28 });
  return JSON.parse(stdout);
}
