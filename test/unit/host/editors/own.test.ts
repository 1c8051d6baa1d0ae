import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimProblem, ownCheckpoint, runAround, siblingsOf } from '../../../../src/host/editors/checkpoint/own';
import type { RunSummary } from '../../../../src/protocol/views';
import { encodeCheckpoint } from '../../../../src/runs/checkpointFile';
import { decodeSafetensors } from '../../../../src/formats/safetensors';
import { parseSpecification } from '../../../../src/protocol/specification';
import { temporaryFolder } from '../../support/temporaryFolder';

const HTML = '<img src=x onerror=alert(1)>';
const presentation = {
  title: 'VAE · MNIST',
  headline: { tag: 'test/negative_elbo', label: '−ELBO', mode: 'min' },
} as RunSummary['presentation'];
const registry = (known: string[]) => ({
  keyOf: (folder: string) => folder,
  run: (key: string) => (known.includes(key) ? ({ name: 'vae-001', presentation } as RunSummary) : undefined),
});
/** The metadata of a checkpoint as the trainer writes it. */
function metadata(family: 'vae' | 'ae' = 'vae', metrics: Record<string, number> = { 'test/negative_elbo': 105.2 }) {
  const specification = parseSpecification({ model: { family } });
  const checkpoint = {
    step: 469,
    epoch: 1,
    tensors: new Map(),
    specification,
    runId: 'a'.repeat(32),
    seed: 3,
    metrics,
  };
  return decodeSafetensors(new Uint8Array(Buffer.concat(encodeCheckpoint(checkpoint)))).metadata;
}
const file = '/runs/vae-001/checkpoints/step-00000469.safetensors';
const trusted = (known: string[] = []) => ({ registry: registry(known), trusted: true });

describe('the description of a Latent Studio checkpoint', () => {
  it('is what its metadata and its run know', async () => {
    const own = await ownCheckpoint(file, metadata(), trusted(['/runs/vae-001']));
    expect(own).toMatchObject({ title: 'VAE · MNIST', step: 469, epoch: 1, seed: 3, run: 'vae-001' });
    expect(own?.headline).toEqual({ label: '−ELBO', value: 105.2 });
    expect(own?.intents).toEqual(['sample', 'evaluate', 'quality', 'resume', 'explore', 'openRun']);
    expect(JSON.parse(own!.specification)).toMatchObject({ model: { family: 'vae' } });
  });

  it('says whether a person asked for it', async () => {
    const asked = await ownCheckpoint('/a.safetensors', { ...metadata(), requested: 'true' }, trusted());
    const scheduled = await ownCheckpoint('/a.safetensors', metadata(), trusted());
    expect([asked?.requested, scheduled?.requested]).toEqual([true, false]);
  });

  it('needs no run around it', async () => {
    const own = await ownCheckpoint('/elsewhere/a.safetensors', metadata(), trusted());
    expect(own).toMatchObject({
      title: 'VAE · MNIST',
      siblings: 1,
      intents: ['sample', 'evaluate', 'quality', 'resume', 'explore'],
    });
    expect(own?.run).toBeUndefined();
  });

  it('offers no look into encoded points, which the explorer cannot show', async () => {
    const latent = { size: 2, prior: 'normal', encodes: 'gaussian', decodes: true };
    const capabilities = (data: unknown) =>
      JSON.stringify({ data, sampling: 'once', likelihood: 'importance', latent });
    const intents = async (data: unknown) =>
      (await ownCheckpoint('/a.safetensors', { ...metadata(), capabilities: capabilities(data) }, trusted()))?.intents;
    expect(await intents({ kind: 'image', shape: [28, 28, 1] })).toEqual([
      'sample',
      'evaluate',
      'quality',
      'resume',
      'explore',
    ]);
    expect(await intents({ kind: 'points', size: 2 })).toEqual(['sample', 'evaluate', 'quality', 'resume']);
  });

  it('offers no samples of a family that has none, and nothing where nothing may be started', async () => {
    expect((await ownCheckpoint(file, metadata('ae'), trusted()))?.intents).toEqual(['evaluate', 'resume', 'explore']);
    const restricted = { registry: registry([]), trusted: false };
    const own = await ownCheckpoint(file, metadata(), restricted);
    expect(own).toMatchObject({ intents: [], lookOnly: expect.stringContaining('Restricted Mode') as string });
    const virtual = await ownCheckpoint(undefined, metadata(), trusted());
    expect(virtual).toMatchObject({ intents: [], lookOnly: expect.stringContaining('disk') as string });
  });

  it('says nothing of files of others, and takes no specification for granted', async () => {
    expect(await ownCheckpoint(file, { format: 'pt' }, trusted())).toBeUndefined();
    expect(await ownCheckpoint(file, {}, trusted())).toBeUndefined();
    for (const specification of ['nonsense', 'null', `{"model":{"family":${JSON.stringify(HTML)}}}`, '[]']) {
      const own = await ownCheckpoint(file, { ...metadata(), specification }, trusted());
      expect(own?.step).toBe(469);
    }
    const broken = await ownCheckpoint(
      file,
      metadata('vae', { 'test/negative_elbo': NaN }),
      trusted(['/runs/vae-001']),
    );
    expect(broken?.headline).toBeUndefined();
    expect(broken?.metrics).toEqual([['test/negative_elbo', 'NaN']]);
  });

  it('stays short, whatever the file says of itself', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`m${i}`, i]));
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const own = await ownCheckpoint(file, { ...metadata('vae', many), specification: deep }, trusted());
    expect(own?.metrics).toHaveLength(1_000);
    expect(own!.specification.length).toBeLessThan(1_000);
  });

  it('is a reason where it is one of another version, and damaged where that is so', () => {
    expect(claimProblem(metadata())).toBeUndefined();
    expect(claimProblem({ format: 'pt' })).toBeUndefined();
    expect(claimProblem({ ...metadata(), format: 'latent-studio/2' })).toMatch(/format “latent-studio\/2”/);
    expect(claimProblem({ ...metadata(), step: '-1' })).toMatch(/metadata are not valid \(step\)/);
  });

  it('counts the checkpoints beside it, and finds the run only around a folder of checkpoints', async () => {
    const folder = path.join(await temporaryFolder(), 'checkpoints');
    await mkdir(folder);
    for (const name of [
      'step-00000002.safetensors',
      'step-00000010.safetensors',
      'other.safetensors',
      'step-3.safetensors',
    ]) {
      await writeFile(path.join(folder, name), '');
    }
    const siblings = await siblingsOf(path.join(folder, 'step-00000002.safetensors'));
    expect(siblings.map(({ step }) => step)).toEqual([2, 10]);
    expect(await siblingsOf(path.join(folder, 'other.safetensors'))).toEqual([]);
    expect(runAround(file, { registry: registry(['/runs/vae-001']) })).toBe('/runs/vae-001');
    expect(runAround('/runs/vae-001/a.safetensors', { registry: registry(['/runs']) })).toBeUndefined();
  });
});
