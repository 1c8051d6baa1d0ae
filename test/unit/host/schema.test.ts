import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const script = path.resolve(import.meta.dirname, '../../../scripts/generate-schema.mjs');

describe('the schema of *.latent.json', () => {
  it('says what the programs accept: the committed file equals the one made from the zod schema', async () => {
    const outcome = await promisify(execFile)(process.execPath, [script, '--check']).then(
      () => 'up to date',
      (error: { stderr: string }) => error.stderr,
    );
    expect(outcome).toBe('up to date');
  });
});
