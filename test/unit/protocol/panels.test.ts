import { describe, expect, it } from 'vitest';
import { panelsOf } from '../../../src/protocol/panelsOf';
import { presentationSchema } from '../../../src/protocol/run';

const head = { family: 'vae', title: 'VAE', headline: { tag: 'test/loss', label: 'loss', mode: 'min' } };

describe('the panels of a presentation', () => {
  it('are those that version 0.1.0 wrote in three lists, in the order in which it showed them', () => {
    const { panels, ...rest } = presentationSchema.parse({
      ...head,
      charts: [{ title: 'loss', series: [{ tag: 'train/loss', label: 'train' }] }],
      images: [{ tag: 'samples', label: 'Samples', rows: ['0', '1'] }],
      bars: [{ prefix: 'latent/kl/', count: 2, title: 'KL', unit: 'nats' }],
    });
    expect(rest).toEqual(head);
    expect(panels).toEqual([
      { kind: 'curves', title: 'loss', unit: '', series: [{ tag: 'train/loss', label: 'train' }] },
      { kind: 'images', title: 'Samples', tag: 'samples', rows: ['0', '1'] },
      { kind: 'bars', title: 'KL', prefix: 'latent/kl/', count: 2, unit: 'nats' },
    ]);
  });

  it('are found by their kind, in order', () => {
    const presentation = presentationSchema.parse({
      ...head,
      panels: [
        { kind: 'images', title: 'a', tag: 'a' },
        { kind: 'filmstrip', title: 'b', tag: 'b' },
        { kind: 'images', title: 'c', tag: 'c' },
      ],
    });
    expect(panelsOf(presentation, 'images').map(({ tag }) => tag)).toEqual(['a', 'c']);
    expect(panelsOf(undefined, 'images')).toEqual([]);
  });

  it('are refused where a part of one is missing, and left out where their kind is unknown', () => {
    expect(presentationSchema.parse({ ...head, panels: [{ kind: 'pie', title: 'x' }] }).panels).toEqual([]);
    expect(presentationSchema.safeParse({ ...head, panels: [{ kind: 'curves', title: 'x' }] }).success).toBe(false);
    expect(presentationSchema.safeParse(head).success).toBe(false);
  });
});
