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

  it('leaves out panels of a kind that only a later version knows, and refuses what no version wrote', () => {
    const [images, curves] = [
      { kind: 'images', title: 'Samples', tag: 'samples' },
      { kind: 'curves', title: 'Loss', unit: 'nats', series: [{ tag: 'loss', label: 'Loss' }] },
    ];
    const headline = { tag: 'loss', label: 'Loss', mode: 'min' };
    const parse = (panels: unknown) =>
      presentationSchema.safeParse({ family: 'vae', title: 'VAE', headline, panels }).data?.panels;
    expect(parse([images, { kind: 'hologram', depth: 3 }, curves])).toEqual([images, curves]);
    expect(parse([images, { title: 'of no kind' }])).toBeUndefined();
    expect(parse([images, null])).toBeUndefined();
    expect(parse([images, { kind: 'curves', title: 'without series' }])).toBeUndefined();
  });
});
