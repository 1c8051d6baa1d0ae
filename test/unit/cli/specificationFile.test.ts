import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applySetting, readSpecification } from '../../../src/cli/specificationFile';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'spec-'));
  file = path.join(folder, 'a.latent.json');
  await writeFile(file, JSON.stringify({ model: { family: 'vae', network: { kind: 'mlp', hidden: [400, 200] } } }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('--set', () => {
  it('sets nested values, creates missing objects on the way, and parses JSON values', async () => {
    const specification = await readSpecification(file, [
      'training.epochs=3',
      'model.network.hidden.1=50',
      'data.binarization=dynamic',
      'checkpoints.keepBest={"metric":"test/kl"}',
      'training.average.decay=.99',
    ]);
    expect(specification.training.epochs).toBe(3);
    expect(specification.model).toMatchObject({ network: { hidden: [400, 50] } });
    expect(specification.data.binarization).toBe('dynamic');
    expect(specification.checkpoints.keepBest).toEqual({ metric: 'test/kl', mode: 'min' });
    expect(specification.training.average).toEqual({ decay: 0.99 });
  });

  it('adds to the end of a list, replaces a list, and changes nothing that was given', () => {
    const before = { hidden: [1, 2] };
    expect(applySetting(before, 'hidden.2=3')).toEqual({ hidden: [1, 2, 3] });
    expect(applySetting(before, 'hidden=[9]')).toEqual({ hidden: [9] });
    expect(before).toEqual({ hidden: [1, 2] });
  });

  it('names keys that do not exist', async () => {
    await expect(readSpecification(file, ['training.epoch=3', 'model.latnet=2'])).rejects.toMatchObject({
      name: 'SpecificationError',
      message: expect.stringMatching(/latnet[^]*epoch/) as string,
    });
  });

  it('refuses anything but path=value, and impossible paths', () => {
    for (const setting of ['', '=1', 'a', 'a..b=1', '.a=1']) {
      expect(() => applySetting({}, setting)).toThrow(/is not path=value/);
    }
    expect(() => applySetting({ a: 1 }, 'a.b=2')).toThrow(/inside of a value/);
    expect(() => applySetting({ a: [] }, 'a.1=2')).toThrow(/not an index of a list of 0/);
  });

  it('cannot reach prototypes', () => {
    applySetting({}, '__proto__.polluted=1');
    applySetting({}, 'constructor.prototype.polluted=1');
    expect('polluted' in {}).toBe(false);
  });
});

describe('a specification file', () => {
  it('that is absent or no JSON is wrong usage, with its name', async () => {
    await expect(readSpecification(path.join(folder, 'none.json'))).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('none.json') as string,
    });
    const broken = path.join(folder, 'broken.json');
    await writeFile(broken, '{');
    await expect(readSpecification(broken)).rejects.toMatchObject({ name: 'UsageError' });
  });
});

describe('a specification file', () => {
  it('is read only up to the limit, even from an endless device', async () => {
    await expect(readSpecification('/dev/zero')).rejects.toThrow(/too large to be a specification/);
    const large = path.join(folder, 'large.latent.json');
    await writeFile(large, ' '.repeat(1024 * 1024 + 1));
    await expect(readSpecification(large)).rejects.toThrow(/too large to be a specification/);
  });
});
