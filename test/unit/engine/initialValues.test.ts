import { describe, expect, it } from 'vitest';
import { initialValue } from '../../../src/engine/initialValues';

describe('an orthogonal kernel', () => {
  it.each([
    { shape: [12, 7], what: 'tall' },
    { shape: [5, 9], what: 'wide' },
    { shape: [3, 3, 4, 6], what: 'of a convolution' },
    { shape: [64, 64], what: 'square' },
  ])('that is $what has orthonormal columns or rows, times the gain', ({ shape }) => {
    const initializer = { kind: 'orthogonal', gain: 2 } as const;
    const values = initialValue({ name: 'kernel', shape, dtype: 'float32', initializer }, 5);
    const columns = shape.at(-1)!;
    const rows = values.length / columns;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const entry = (vector: number, i: number) =>
      columns <= rows ? values[i * columns + vector]! : values[vector * columns + i]!;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let i = 0; i < length; i++) product += entry(a, i) * entry(b, i);
        expect(product, `${a} · ${b}`).toBeCloseTo(a === b ? 4 : 0, 5);
      }
    }
  });
});
