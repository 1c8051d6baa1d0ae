import { expect, it } from 'vitest';
import { loadDataset } from '../../../src/data';

it('MNIST is the whole published set', async () => {
  const data = await loadDataset({ set: 'mnist', binarization: 'none' }, { base: '.', assets: 'node_modules' });
  expect(data.shape).toEqual({ kind: 'image', shape: [28, 28, 1] });
  expect([data.train.count, data.test.count]).toEqual([60_000, 10_000]);
  expect(data.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  // The mean intensity that every MNIST pipeline normalizes with (0.1307), and the first labels of the published files.
  const bytes = data.train.values as Uint8Array;
  const mean = bytes.reduce((sum, value) => sum + value, 0) / bytes.length / 255;
  expect(mean).toBeCloseTo(0.1306605, 6);
  expect([...data.train.labels!.subarray(0, 8)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3]);
  expect([...data.test.labels!.subarray(0, 8)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9]);
});

it('MNIST that is missing is reported as a part of the installation', async () => {
  const loading = loadDataset({ set: 'mnist', binarization: 'none' }, { base: '.', assets: 'test' });
  await expect(loading).rejects.toMatchObject({ name: 'DataError', remedy: expect.stringContaining('Reinstall') });
});
