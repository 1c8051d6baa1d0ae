import { describe, expect, it, onTestFinished } from 'vitest';
import { parseNewSpecification, type SpecificationInput } from '../../../src/protocol/specification';
import { answerEvaluate } from '../../../src/trainer/requests/requests';
import { sampleQuality } from '../../../src/trainer/workbench/sampleQuality';
import { Workbench } from '../../../src/trainer/workbench/workbench';

async function open(input: SpecificationInput): Promise<Workbench> {
  const specification = parseNewSpecification(input);
  const workbench = await Workbench.open({ specification, source: 'test', onActivity: () => undefined });
  onTestFinished(() => workbench.dispose());
  return workbench;
}

const mlp = { kind: 'mlp' as const, hidden: [8] };

describe('The quality of samples', () => {
  it('of an untrained model of digits is far from that of data, whose halves are close to each other', async () => {
    const workbench = await open({ model: { family: 'vae', latent: 2, network: mlp }, data: { set: 'mnist' } });
    const told: string[] = [];
    const { metrics, errors } = await sampleQuality(workbench, 600, (done, total, doing) =>
      told.push(`${doing}, ${done} of ${total}`),
    );
    expect(metrics['samples/classifier_fid']).toBeGreaterThan(100 * metrics['samples/classifier_fid_of_data']!);
    expect(errors['samples/classifier_fid']).toBeGreaterThan(0);
    expect(metrics['samples/nearest_neighbor_accuracy']).toBeGreaterThan(0.95);
    // The test images are clear to a classifier that knows them: of ten classes, nearly ten.
    expect(metrics['samples/classifier_score_of_data']).toBeGreaterThan(9);
    expect(metrics).not.toHaveProperty('samples/label_agreement');
    expect(told.at(0)).toMatch(/^drawing samples, [1-9]\d* of 600$/);
    expect(told.at(-1)).toBe('comparing samples, 600 of 600');
    // The same weights and seed give the same figures.
    expect((await sampleQuality(workbench, 600)).metrics).toEqual(metrics);
  });

  it('of a model that takes labels says how many samples show the class that was asked for', async () => {
    const workbench = await open({ model: { family: 'cvae', latent: 2, network: mlp }, data: { set: 'mnist' } });
    const { metrics, errors } = await sampleQuality(workbench, 200);
    // Noise is of one class in ten, whichever was asked for.
    expect(metrics['samples/label_agreement']).toBeLessThan(0.25);
    expect(errors).toHaveProperty('samples/label_agreement');
  });

  it('of points is that of their coordinates, for which there is no classifier', async () => {
    const workbench = await open({
      model: { family: 'vae', latent: 2, network: mlp, decoder: { likelihood: 'gaussian' } },
      data: { set: 'ring' },
    });
    const { metrics } = await sampleQuality(workbench, 300);
    expect(Object.keys(metrics).sort()).toEqual([
      'samples/nearest_neighbor_accuracy',
      'samples/precision',
      'samples/recall',
    ]);
  });

  it('is part of an evaluation where it is asked for, and refused of a model that cannot sample', async () => {
    const vae = await open({ model: { family: 'vae', latent: 2, network: mlp }, data: { set: 'mnist', limit: 300 } });
    const inspected = { workbench: vae, step: 3, hyperparameters: { beta: 1, learningRate: 1e-3 } };
    const { value } = await answerEvaluate(inspected, { samples: 0, generated: 150, count: 20 });
    expect(value).toMatchObject({
      step: 3,
      count: 20,
      generated: 150,
      units: { 'samples/class_histogram_kl': 'nats' },
    });
    const { metrics, errors } = value as { metrics: Record<string, number>; errors: Record<string, number> };
    expect(Object.keys(metrics)).toEqual(expect.arrayContaining(Object.keys(errors)));
    expect(Object.keys(errors)).toContain('samples/classifier_fid');
    const ae = await open({ model: { family: 'ae', latent: 2, network: mlp }, data: { set: 'mnist', limit: 300 } });
    const asked = answerEvaluate({ ...inspected, workbench: ae }, { samples: 0, generated: 10 });
    await expect(asked).rejects.toThrow('have no distribution to draw samples from');
  });
});
