import { describe, expect, it } from 'vitest';
import type { Presentation } from '../../../src/protocol/run';
import { planCharts, planFurtherCharts, planHeatMaps, type PlannedRun } from '../../../webview/shared/plan';

const presentation: Presentation = {
  family: 'vae',
  title: 'VAE',
  headline: { tag: 'test/negative_elbo', label: '−ELBO', mode: 'min' },
  panels: [
    {
      kind: 'curves',
      title: '−ELBO',
      unit: 'nats',
      series: [
        { tag: 'train/negative_elbo', label: 'train' },
        { tag: 'test/negative_elbo', label: 'test' },
      ],
    },
    { kind: 'curves', title: 'KL', unit: 'nats', series: [{ tag: 'train/kl', label: 'train' }] },
    { kind: 'bars', prefix: 'latent/kl/', count: 2, title: 'KL', unit: 'nats' },
  ],
};

function run(key: string, tags: readonly string[], declared: Presentation | undefined = presentation): PlannedRun {
  return { summary: { key, name: key, presentation: declared }, series: new Map(tags.map((tag) => [tag, true])) };
}

const outline = (plans: ReturnType<typeof planCharts>) =>
  plans.map(({ title, curves }) => [title, curves.map(({ run: key, label, kind }) => `${key} ${label} ${kind}`)]);

describe('which charts there are', () => {
  it('lays runs of one family over each other, in the order that the family declares', () => {
    const tags = ['train/kl', 'test/negative_elbo', 'train/negative_elbo'];
    expect(outline(planCharts([run('a', tags), run('b', tags)]))).toEqual([
      ['−ELBO', ['a train 0', 'a test 1', 'b train 0', 'b test 1']],
      ['KL', ['a train 0', 'b train 0']],
    ]);
  });

  it('gives figures of another unit a chart of their own, since their values do not compare', () => {
    const perPoint = (unit: string): Presentation => ({
      ...presentation,
      panels: [{ kind: 'curves', title: 'KL', unit, series: [{ tag: 'train/kl', label: 'train' }] }],
    });
    const plans = planCharts([run('a', ['train/kl']), run('b', ['train/kl'], perPoint('nats per point'))]);
    expect(plans.map(({ title, unit, curves }) => [title, unit, curves.map((curve) => curve.run)])).toEqual([
      ['KL', 'nats', ['a']],
      ['KL', 'nats per point', ['b']],
    ]);
    expect(new Set(plans.map(({ key }) => key)).size).toBe(2);
  });

  it('leaves out what was not logged yet', () => {
    expect(outline(planCharts([run('a', ['train/kl'])]))).toEqual([['KL', ['a train 0']]]);
    expect(planCharts([run('a', [])])).toEqual([]);
  });

  it('gives a log without a declaration one chart a group of tags', () => {
    const foreign = run('f', ['lr', 'loss/val', 'loss/train'], undefined);
    const plans = planCharts([{ ...foreign, summary: { key: 'f', name: 'f' } }]);
    expect(outline(plans)).toEqual([
      ['loss', ['f train 0', 'f val 1']],
      ['lr', ['f lr 0']],
    ]);
  });

  it('keeps what no chart or bar shows for the further curves', () => {
    const tags = ['train/negative_elbo', 'latent/kl/00', 'train/learning_rate'];
    expect(outline(planFurtherCharts([run('a', tags)]))).toEqual([
      ['train/learning_rate', ['a train/learning_rate 0']],
    ]);
  });

  const numbered = (count: number) => Array.from({ length: count }, (_, i) => `latent/variance/${i}`);

  it('makes a heat map of many series that differ by a number, in its order, and one chart of a few', () => {
    const many = run('a', [...numbered(12), 'train/learning_rate']);
    expect(outline(planFurtherCharts([many]))).toEqual([['train/learning_rate', ['a train/learning_rate 0']]]);
    const [map, ...more] = planHeatMaps([many], 'declared');
    expect(more).toEqual([]);
    expect(map!.title).toBe('latent/variance');
    expect(map!.rows.map(({ label }) => label)).toEqual(Array.from({ length: 12 }, (_, i) => String(i)));
    const few = run('a', numbered(2));
    expect(planHeatMaps([few], 'declared')).toEqual([]);
    expect(outline(planFurtherCharts([few]))).toEqual([['latent/variance', ['a 0 0', 'a 1 1']]]);
  });

  it('makes no lines of what a log of another program has as a heat map', () => {
    const foreign = {
      summary: { key: 'f', name: 'f' },
      series: new Map([...numbered(12), 'loss'].map((tag) => [tag, 1])),
    };
    expect(outline(planCharts([foreign]))).toEqual([['loss', ['f loss 0']]]);
    expect(planHeatMaps([foreign], 'foreign').map(({ title }) => title)).toEqual(['latent/variance']);
  });
});
