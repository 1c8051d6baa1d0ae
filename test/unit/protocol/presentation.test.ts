import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { panelsOf } from '../../../src/protocol/panelsOf';
import { presentationSchema, runRecordSchema } from '../../../src/protocol/run';

describe('What a model declares for its views', () => {
  it('keeps the threshold of the bars of a run that version 0.1.0 recorded', async () => {
    const text = await readFile('test/fixtures/earlierRuns/0.1.0/vae/run.json', 'utf8');
    const { presentation } = runRecordSchema.parse(JSON.parse(text));
    expect(text).toContain('"activeAbove": 0.01');
    expect(panelsOf(presentation, 'bars')).toMatchObject([{ prefix: 'latent/kl/', threshold: 0.01 }]);
    // What is written next has the new name, and is read as it is.
    expect(JSON.stringify(presentation)).not.toContain('activeAbove');
    expect(presentationSchema.parse(presentation)).toEqual(presentation);
  });
});
