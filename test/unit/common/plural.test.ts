import { expect, it } from 'vitest';
import { plural } from '../../../src/common/plural';

it('one thing is named in the singular, none and several in the plural', () => {
  expect([0, 1, 2].map((count) => plural(count, 'tensor'))).toEqual(['0 tensors', '1 tensor', '2 tensors']);
});

it('an irregular plural is used if given', () => {
  expect([1, 3].map((count) => plural(count, 'class', 'classes'))).toEqual(['1 class', '3 classes']);
});

it('a count stands as it is shown, and the noun fits the count itself', () => {
  expect(plural(12_345, 'image', 'images', '12,345')).toBe('12,345 images');
  expect(plural(1, 'image', 'images', 'the first 1 of 1')).toBe('the first 1 of 1 image');
});
