import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../../src/engine';
import { number, regression, REGRESSION_DATA } from '../../support/programs';

const step = { ...REGRESSION_DATA, learningRate: number(0.05) };

describe('a compiled runner', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice: 'tensorflow' });
  });
  afterAll(() => backend.dispose());

  it('computes what the eager one does', () => {
    const [compiled, eager] = [
      backend.createRunner(regression(), 1),
      backend.createRunner(regression(), 1, { mode: 'eager' }),
    ];
    for (let i = 0; i < 20; i++) {
      const [a, b] = [compiled.call('train', step), eager.call('train', step)];
      expect(a.loss!.data[0]).toBeCloseTo(b.loss!.data[0]!, 5);
    }
    const [a, b] = [compiled.readState(), eager.readState()];
    expect([...a.keys()]).toEqual([...b.keys()]);
    for (const [name, { data }] of a) {
      data.forEach((value, index) => expect(value).toBeCloseTo(b.get(name)!.data[index]!, 4));
    }
  });
});
