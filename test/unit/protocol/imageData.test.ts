import { describe, expect, it } from 'vitest';
import { imageOptionsOf, testShareOf } from '../../../src/protocol/imageJobs';
import { FAMILIES } from '../../../src/protocol/families';
import { familyNeedsLabels } from '../../../src/protocol/families/schemas';
import { parseNewSpecification, SpecificationError } from '../../../src/protocol/specification';

const parsed = (data: object) => parseNewSpecification({ model: { family: FAMILIES[0].id }, data }).data;

function issue(data: object): string {
  try {
    parsed(data);
  } catch (error) {
    if (error instanceof SpecificationError) return `${error.issues[0]!.path}: ${error.issues[0]!.message}`;
  }
  return 'none';
}

describe('a folder of images in a specification', () => {
  it('has defaults for everything but its path', () => {
    const data = parsed({ set: 'images', path: 'photos' });
    expect(imageOptionsOf(data)).toEqual({ height: 64, width: 64, channels: 3, fit: 'crop' });
    expect(testShareOf(data)).toBe(0.1);
  });

  it('takes one size for both sides, or height and width', () => {
    const wide = parsed({ set: 'images', path: 'photos', size: [20, 30], channels: 1, fit: 'fit', testShare: 0.2 });
    expect(imageOptionsOf(wide)).toEqual({ height: 20, width: 30, channels: 1, fit: 'fit' });
    expect(testShareOf(wide)).toBe(0.2);
  });

  it.each([
    [{ set: 'images', path: 'photos', size: 0 }, /^data\.size/],
    [{ set: 'images', path: 'photos', size: 4096 }, /^data\.size/],
    [{ set: 'images', path: 'photos', channels: 4 }, /^data\.channels/],
    [{ set: 'images', path: 'photos', testShare: 1 }, /^data\.testShare/],
    [{ set: 'images', path: 'photos', modes: 8 }, /^data\.modes: has no effect on the set "images"/],
    [{ set: 'mnist', size: 28 }, /^data\.size: has no effect on the set "mnist"; it is for "images"/],
    [{ set: 'mnist', fit: 'fit' }, /^data\.fit: has no effect/],
  ])('is refused with %j', (data, words) => {
    expect(issue(data)).toMatch(words);
  });

  it('can be learned by every family that is told no label, and by the others if it has labels', () => {
    const learned = FAMILIES.filter(({ id }) => {
      parseNewSpecification({ model: { family: id }, data: { set: 'images', path: 'photos' } });
      return !familyNeedsLabels(id);
    });
    expect(FAMILIES.filter((family) => !learned.includes(family)).map(({ id }) => id)).toEqual(['cvae', 'cgan']);
  });
});
