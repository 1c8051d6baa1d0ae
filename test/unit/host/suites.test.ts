import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';

it('every in-host suite is listed, so that none is silently left out', async () => {
  const folder = path.resolve(import.meta.dirname, '../../host');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.test.ts')).sort();
  const index = await readFile(path.join(folder, 'index.ts'), 'utf8');
  const listed = [...index.matchAll(/import\('\.\/(.+\.test)'\)/g)].map(([, name]) => `${name}.ts`).sort();
  expect(listed).toEqual(files);
  expect(files.length).toBeGreaterThan(0);
});
