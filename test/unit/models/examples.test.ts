import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createModel } from '../../../src/models';
import type { DataShape } from '../../../src/protocol/capabilities';
import { parseNewSpecification } from '../../../src/protocol/specification';

const examples = await readdir('examples');

it('there are examples', () => {
  expect(examples.length).toBeGreaterThan(5);
});

it.each(examples)('%s can be trained: it is valid, and its model takes its data', async (name) => {
  const specification = parseNewSpecification(JSON.parse(await readFile(path.join('examples', name), 'utf8')));
  const images: DataShape = { kind: 'image', shape: [28, 28, 1] };
  const data: DataShape = specification.data.set === 'mnist' ? images : { kind: 'points', size: 2 };
  expect(createModel(specification, data, 10).family).toBe(specification.model.family);
});
