import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models';
import type { Model } from '../../../src/models/model';
import type { DataShape } from '../../../src/protocol/capabilities';
import { FAMILIES } from '../../../src/protocol/families';
import { familyOptimizers } from '../../../src/protocol/families/schemas';
import { metricsOf } from '../../../src/protocol/metrics';
import { parseNewSpecification, type Specification } from '../../../src/protocol/specification';

const examples = await readdir('examples');

async function read(name: string): Promise<{ specification: Specification; model: Model }> {
  const specification = parseNewSpecification(JSON.parse(await readFile(path.join('examples', name), 'utf8')));
  return { specification, model: modelOf(specification) };
}

function modelOf(specification: Specification): Model {
  const images: DataShape = { kind: 'image', shape: [28, 28, 1] };
  const points: DataShape = { kind: 'points', size: 2 };
  return createModel(specification, ['mnist', 'idx'].includes(specification.data.set) ? images : points, 10);
}

it('there are examples, of each family', async () => {
  const families = await Promise.all(examples.map(async (name) => (await read(name)).model.family));
  expect([...new Set(families)].sort()).toEqual(FAMILIES.map(({ id }) => id).sort());
});

it.each(FAMILIES)('what the command of $id trains is valid, and its model takes its data', ({ id }) => {
  expect(modelOf(parseNewSpecification({ model: { family: id } })).family).toBe(id);
});

describe.each(examples)('%s', (name) => {
  it('can be trained: it is valid, and its model takes its data', async () => {
    const { specification, model } = await read(name);
    expect(model.family).toBe(specification.model.family);
  });

  it('names functions and optimizers that there are', async () => {
    const { specification, model } = await read(name);
    const { initialize, phases, metrics, summaries, sampling, likelihood, latent, program } = model;
    const exact = likelihood?.kind === 'bound' ? undefined : likelihood;
    const parts = [initialize, ...phases, ...metrics, sampling, exact, latent?.encode, latent?.decode];
    const named = [
      ...parts.flatMap((part) => part?.function ?? []),
      ...summaries.flatMap(({ functions }) => functions),
    ];
    expect(Object.keys(program.functions)).toEqual(expect.arrayContaining(named));
    const names = familyOptimizers(specification.model);
    if (names.length > 0) expect(Object.keys(program.optimizers!).sort()).toEqual([...names].sort());
    else expect(Object.keys(program.optimizers!)).toHaveLength(1);
  });

  it('is looked at by what it logs: each tag of a panel, and the headline', async () => {
    const { specification, model } = await read(name);
    const { presentation, summaries } = model;
    const logged = summaries.map(({ tag }) => tag);
    expect(new Set(logged).size).toBe(logged.length);
    const measured = metricsOf(specification);
    expect(measured).toContain(presentation.headline.tag);
    for (const panel of presentation.panels) {
      if (panel.kind === 'curves') {
        const tags = panel.series.map(({ tag }) => tag).filter((tag) => !tag.startsWith('train/'));
        expect(measured).toEqual(expect.arrayContaining(tags));
      } else if (panel.kind === 'bars') {
        if (panel.count > 0) expect(measured).toContain(`${panel.prefix}${String(panel.count - 1).padStart(2, '0')}`);
      } else {
        expect(logged).toEqual(expect.arrayContaining(tagsOf(panel)));
      }
    }
  });
});

function tagsOf(panel: Model['presentation']['panels'][number]): string[] {
  if ('tag' in panel) return [panel.tag];
  if (panel.kind === 'histograms') return panel.series.map(({ tag }) => tag);
  return panel.kind === 'plane' ? panel.layers.map(({ tag }) => tag) : [];
}
