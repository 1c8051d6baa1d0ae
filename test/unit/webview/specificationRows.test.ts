import { describe, expect, it } from 'vitest';
import { parseSpecification } from '../../../src/protocol/specification';
import type { Capabilities } from '../../../src/protocol/capabilities';
import type { RunDetail } from '../../../src/protocol/views';
import { specificationGroups, specificationLine } from '../../../webview/run/specificationRows';

const detail: RunDetail = {
  specification: parseSpecification({
    model: { family: 'vae', network: { kind: 'mlp', hidden: [400, 200] } },
    checkpoints: { keepBest: { metric: 'test/negative_elbo' } },
  }),
  createdAt: '2026-01-01T12:00:00.000Z',
  parameters: 652_824,
  gitCommit: '366fc52aa0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5',
  versions: { 'latent-studio': '0.1.0', node: '20.20.0' },
  hyperparameters: [],
};

const capabilities: Capabilities = {
  sampling: 'once',
  likelihood: 'importance',
  latent: { size: 20, prior: 'normal', encodes: 'gaussian', decodes: true },
  classes: 0,
};

describe('the specification of a run', () => {
  const value = (group: string, label: string) =>
    specificationGroups(detail, { backend: { description: 'TensorFlow 2.21.0 CPU', flags: { oneDNN: 'on' } } })
      .find(({ title }) => title === group)
      ?.rows.find((row) => row.label === label)?.value;

  it('says what was edited, to what, and since when', () => {
    const beta = { name: 'beta', title: 'β', minimum: 0, maximum: 10 };
    const rate = {
      name: 'learningRate',
      title: 'Learning rate',
      minimum: 0,
      maximum: 10,
      value: 0.001,
      current: 0.001,
    };
    const rows = (hyperparameters: RunDetail['hyperparameters']) =>
      specificationGroups({ ...detail, hyperparameters }, {}).find(({ title }) => title === 'Edited')?.rows;
    expect(rows([{ ...beta, value: 1, current: 4, since: 1938 }, rate])).toEqual([
      { label: 'β', value: '1 → 4, since step 1,938' },
    ]);
    expect(rows([{ ...beta, value: 1, current: 1, since: 1938 }, rate]) ?? []).toEqual([]);
  });

  it('is a line that says what is trained on what, for how long, and from which code', () => {
    expect(specificationLine(detail, capabilities)).toBe(
      'vae · mlp, hidden 400 200, activation relu · latent 20 · mnist · 10 epochs · batch 128 · 652,824 parameters · 366fc52',
    );
  });

  it('is a line also for a family with other keys, and for one without a latent space', () => {
    const model = { family: 'gan', generator: { kind: 'mlp', hidden: [400] }, critic: { kind: 'mlp', hidden: [] } };
    const specification = { ...detail.specification, model } as unknown as RunDetail['specification'];
    expect(specificationLine({ ...detail, specification }, { ...capabilities, latent: null })).toMatch(
      /^gan · generator mlp, hidden 400 · critic mlp, hidden none · mnist · 10 epochs/,
    );
  });

  it('names in the line what is not as usual: two runs that differ there are told apart', () => {
    const specification = parseSpecification({
      model: { family: 'vae' },
      data: { binarization: 'dynamic' },
      training: { optimizer: { kind: 'adamw' }, schedule: { kind: 'cosine' } },
      engine: { mode: 'eager' },
    });
    expect(specificationLine({ ...detail, specification }, capabilities)).toContain(
      'mnist, dynamic · 10 epochs · batch 128 · adamw · cosine · eager ·',
    );
  });

  it('names the run whose checkpoint it began with', () => {
    const branched = { ...detail, parent: { name: 'vae-mnist-001', step: 4690 } };
    expect(specificationLine(branched, capabilities)).toMatch(/ · 366fc52 · from vae-mnist-001, step 4,690$/);
    const rows = specificationGroups(branched, {}).find(({ title }) => title === 'Run')?.rows;
    expect(rows).toContainEqual({ label: 'Started from', value: 'vae-mnist-001, step 4,690' });
    expect(value('Run', 'Started from')).toBeUndefined();
  });

  it('says everything that it was given, in words', () => {
    expect(value('Model', 'Network')).toBe('mlp, hidden 400 200, activation relu');
    expect(value('Training', 'Optimizer')).toMatch(/^adam, learning rate 0\.001, beta1 0\.9/);
    expect(value('Checkpoints', 'Keep best')).toBe('test/negative_elbo, mode min');
    expect(value('Run', 'Parameters')).toBe('652,824');
    expect(value('Environment', 'Backend')).toBe('TensorFlow 2.21.0 CPU');
    expect(value('Environment', 'oneDNN')).toBe('on');
    expect(value('Run', 'Git commit')).toBe(detail.gitCommit);
  });
});
