import { expect, it } from 'vitest';
import { evaluationText } from '../../../src/cli/commands';
import { smallerLearningRates } from '../../../src/cli/watch';

it('an evaluation says what was evaluated, and the unit of each metric that has one', () => {
  const metrics = { 'test/high_quality': 0.98762, 'test/log_likelihood': -12.5, 'test/loss': NaN };
  const units = { 'test/log_likelihood': 'nats per point' };
  expect(evaluationText({ step: 7, count: 1, examples: 'point', units, metrics })).toBe(
    [
      'Step 7, 1 test point:',
      '  test/high_quality          0.9876',
      '  test/log_likelihood      -12.5000  nats per point',
      '  test/loss            not a number',
    ].join('\n'),
  );
  // The comparison of samples with data has standard errors.
  const compared = { metrics: { fid: 3.25, kl: 25 }, errors: { fid: 0.125 }, generated: 500 };
  expect(evaluationText({ step: 7, count: 10, ...compared })).toBe(
    'Step 7, 10 test images, 500 samples:\n  fid   3.2500  ± 0.1250\n  kl   25.0000',
  );
  // As a trainer of an earlier version answers.
  expect(evaluationText({ step: 7, count: 10, metrics: { kl: 25 } })).toBe('Step 7, 10 test images:\n  kl  25.0000');
});

it('a run that diverged is to be resumed with a tenth of each of its learning rates', () => {
  const range = { minimum: 0, maximum: 10 };
  const hyperparameters = [
    { name: 'criticLearningRate', title: 'Learning rate (critic)', value: 4e-4, ...range },
    { name: 'generatorLearningRate', title: 'Learning rate (generator)', value: 1e-4, ...range },
    { name: 'beta', title: 'β', value: 1, ...range },
  ];
  const [critic, generator] = ['criticLearningRate=0.00004', 'generatorLearningRate=0.00001'];
  const found = smallerLearningRates({ hyperparameters });
  expect(found.map((text) => text.replace(/[\d.e-]+$/, (number) => Number(number).toFixed(5)))).toEqual([
    ...['--set', critic, '--set', generator],
  ]);
  expect(smallerLearningRates({})).toEqual([]);
});
