import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../webview/checkpoint/model/columns';
import { namePieces, sharedBeginning } from '../../../webview/checkpoint/model/namePieces';

describe('the columns of the table', () => {
  const fixed = { type: 40, elements: 76, bytes: 56, change: 78, mean: 122, spark: 76 };
  const room = { name: 300, shape: 130, fixed, compared: false };

  it('leave out what matters least before a shape is cut or names have too little room', () => {
    const left = (width: number) => layoutOf({ ...room, width }).left;
    expect(left(900)).toEqual(['change']);
    expect(left(750)).toEqual(['change', 'elements']);
    expect(left(650)).toEqual(['change', 'elements', 'bytes']);
    expect(left(560)).toEqual(['change', 'elements', 'bytes', 'spark']);
    expect(left(450)).toEqual(['change', 'elements', 'bytes', 'spark', 'mean']);
    expect(left(284)).toEqual(['change', 'elements', 'bytes', 'spark', 'mean', 'type']);
    expect(layoutOf({ ...room, width: 284 }).template).toBe('minmax(100px, 1fr) minmax(60px, 130px)');
  });

  it('keep the change of a comparison, and the shape as long as it fits beside it', () => {
    const layout = (width: number) => layoutOf({ ...room, compared: true, width });
    expect(layout(1000).left).toEqual([]);
    expect(layout(500).left).toEqual(['elements', 'bytes', 'spark', 'mean']);
    expect(layout(350).template).toBe('minmax(100px, 1fr) minmax(60px, 130px) 78px');
    expect(layout(284).template).toBe('minmax(100px, 1fr) 78px');
  });

  it('keep no room for names that are short', () => {
    const { template, left } = layoutOf({ ...room, name: 120, width: 760 });
    expect(left).toEqual(['change']);
    expect(template).toBe('minmax(120px, 1fr) 40px minmax(60px, 130px) 76px 56px [mean] 122px 76px');
  });

  it.each([true, false])(
    'never overflow (compared: %s), and cut a shape only where nothing else is left',
    (compared) => {
      for (let width = 200; width <= 1400; width += 7) {
        for (const shape of [20, 130, 250]) {
          const { template, left } = layoutOf({ ...room, shape, compared, width });
          const least = [...template.matchAll(/(?:minmax\((\d+)|(?<![\d, (])(\d+))px/g)].map(([, a, b]) =>
            Number(a ?? b),
          );
          expect(least.reduce((sum, part) => sum + part + 10, 2)).toBeLessThanOrEqual(width);
          const whole = least.reduce((sum, part) => sum + part + 10, 2) + shape - Math.min(60, shape);
          if (whole > width && !left.includes('shape')) expect(left).toContain('type');
        }
      }
    },
  );
});

describe('a name that has no room', () => {
  it('loses its middle first, up to a mark between words', () => {
    expect(namePieces('encoder.convolution.0.kernel', 0)).toEqual({
      shared: '',
      head: 'encoder.convolution',
      tail: '.0.kernel',
    });
    expect(namePieces('bias', 0)).toEqual({ shared: '', head: '', tail: 'bias' });
    expect(namePieces('', 0)).toEqual({ shared: '', head: '', tail: '' });
    const emoji = namePieces('🙂'.repeat(30), 0);
    expect(emoji.head + emoji.tail).toBe('🙂'.repeat(30));
    expect(emoji.tail).toBe('🙂'.repeat(20));
  });

  it('loses before that what all names of the list begin with', () => {
    const names = ['model.layers.0.norm.weight', 'model.layers.10.norm.weight'];
    const shared = sharedBeginning(names);
    expect(names.map((name) => namePieces(name, shared))).toEqual([
      { shared: 'model.layers.', head: '0.norm', tail: '.weight' },
      { shared: 'model.layers.', head: '10.norm', tail: '.weight' },
    ]);
    // Too little to be worth an ellipsis, or all there is.
    expect(namePieces('a.kernel', 2).shared).toBe('');
    expect(namePieces('a.kernel', 8).shared).toBe('');
    expect([sharedBeginning([]), sharedBeginning(['one'])]).toEqual([0, 0]);
  });
});
