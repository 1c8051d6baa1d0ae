import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models';
import type { DataShape } from '../../../src/protocol/capabilities';
import { FAMILIES } from '../../../src/protocol/families';
import {
  parseNewSpecification,
  parseSpecification,
  type SpecificationInput,
} from '../../../src/protocol/specification';

const parse = (value: SpecificationInput) => () => parseNewSpecification(value);
const convolutional = { kind: 'convolutional' } as const;
const gaussian = { likelihood: 'gaussian' } as const;

describe('a specification whose family cannot learn its data', () => {
  it.each<[SpecificationInput['model'], SpecificationInput['data'], string]>([
    [{ family: 'vae' }, { set: 'ring' }, 'model.decoder.likelihood: cannot be "bernoulli" for the set "ring"'],
    [{ family: 'vae', decoder: gaussian, network: convolutional }, { set: 'grid' }, 'model.network.kind: cannot be'],
    [{ family: 'ae' }, { set: 'swissRoll' }, 'model.reconstruction: cannot be "crossEntropy"'],
    [{ family: 'cvae', decoder: gaussian }, { set: 'swissRoll' }, 'data.set: cannot be "swissRoll"'],
    [{ family: 'cgan' }, { set: 'swissRoll' }, 'data.set: cannot be "swissRoll"'],
    [{ family: 'cgan' }, { set: 'linearGaussian' }, 'data.set: cannot be "linearGaussian": this family learns from'],
    [{ family: 'vae' }, { set: 'points', path: 'p.csv' }, 'model.decoder.likelihood: cannot be "bernoulli"'],
    [{ family: 'dcgan' }, { set: 'points', path: 'p.csv' }, 'data.set: cannot be "points": this family learns images'],
    [{ family: 'gan' }, { set: 'grid', modes: 289 }, 'data.modes: must be at most 256'],
    [{ family: 'dcgan' }, { set: 'ring' }, 'data.set: cannot be "ring": this family learns images'],
    [{ family: 'gan', discriminator: convolutional }, {}, 'model.discriminator.kind: cannot be'],
    [{ family: 'wgan', critic: convolutional }, { set: 'ring' }, 'model.critic.kind: cannot be'],
    [{ family: 'wgan-gp' }, { binarization: 'static' }, 'data.binarization: cannot be "static"'],
    [{ family: 'gan' }, { set: 'grid', modes: 10 }, 'data.modes: must be a square number, such as 9'],
    [{ family: 'gan', packing: 3 }, {}, 'model.packing: cannot be 3 for batches of 128'],
    [{ family: 'dcgan', objective: 'hinge', labelNoise: 0.1 }, {}, 'model.labelNoise: has no effect on the objective'],
    [{ family: 'gan', objective: 'hinge', labelSpread: 0.1 }, {}, 'model.labelSpread: has no effect on the objective'],
    [{ family: 'gan' }, { modes: 300 }, 'data.modes: must be at most 256'],
  ])('is refused before anything starts: %j on %j', (model, data, message) => {
    expect(parse({ model, data })).toThrow(message);
    // A record of an earlier run still opens.
    expect(() => parseSpecification({ model, data })).not.toThrow();
  });

  it.each(FAMILIES.map(({ id }) => id))('is none where %s has its own defaults, and a model can be made', (family) => {
    const specification = parseNewSpecification({ model: { family } });
    const data: DataShape =
      specification.data.set === 'ring' ? { kind: 'points', size: 2 } : { kind: 'image', shape: [8, 8, 1] };
    expect(createModel(specification, data, 10).family).toBe(family);
  });
});
