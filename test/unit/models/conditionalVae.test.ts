import { describe, expect, it } from 'vitest';
import type { ImageShape } from '../../../src/common/imageShape';
import { openBackend } from '../../../src/engine';
import type { HostTensor, Runner } from '../../../src/engine/program';
import { noise, scalars } from '../../../src/evaluation';
import type { Model } from '../../../src/models/model';
import { presentationSchema } from '../../../src/protocol/run';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { backends } from '../support/backends';
import { modelOf, patternImages, patternLabels, setVariables, tensor, trainStep } from './support/models';

type CvaeInput = Extract<SpecificationInput['model'], { family: 'cvae' }>;

const shape: ImageShape = [7, 6, 1];
const CLASSES = 3;
const networks: [string, Partial<CvaeInput>][] = [
  ['an MLP', { network: { kind: 'mlp', hidden: [9, 5] }, samples: 2 }],
  ['convolutions', { network: { kind: 'convolutional', channels: [3, 4] }, samples: 2 }],
  ['linear networks', { network: { kind: 'mlp', hidden: [] }, decoder: { likelihood: 'gaussian' } }],
];

async function start(choice: 'tensorflow' | 'wasm', family: 'vae' | 'cvae', options: Partial<CvaeInput>) {
  const specification = { model: { ...options, family, latent: 3 }, training: { batch: 6 } } as SpecificationInput;
  const model = modelOf(specification, shape, CLASSES);
  return { model, runner: (await openBackend({ choice })).createRunner(model.program, 1) };
}

/** Every ability's outputs, by function and name; `labels` for those functions that take them. */
function everything(runner: Runner, model: Model, label: number): Record<string, readonly number[]> {
  const found: Record<string, readonly number[]> = {};
  const given: Record<string, HostTensor> = {
    noise: noise(3, 1),
    ...scalars({ learningRate: 0, beta: 1 }),
  };
  for (const [name, { inputs }] of Object.entries(model.program.functions)) {
    if (name === 'train') continue;
    const values = Object.entries(inputs).map(([input, { shape: size, dtype }]): [string, HostTensor] => {
      if (given[input] !== undefined) return [input, given[input]];
      if (input === 'labels') return [input, { shape: size, dtype, data: new Int32Array(size[0]!).fill(label) }];
      if (input === 'examples') return [input, patternImages(size[0]!, shape)];
      return [
        input,
        tensor(
          size,
          Array.from({ length: size.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
        ),
      ];
    });
    for (const [output, { data }] of Object.entries(runner.call(name, Object.fromEntries(values)))) {
      found[`${name}.${output}`] = [...data];
    }
  }
  return found;
}

describe.each(backends())('a conditional VAE on %s', (name) => {
  it.each(networks)('with %s is the VAE of the same weights where those of the label are zero', async (_, options) => {
    const [plain, conditional] = [await start(name, 'vae', options), await start(name, 'cvae', options)];
    const images = patternImages(6, shape);
    const own = conditional.model.program.variables.filter((variable) => variable.name.endsWith('.condition'));
    expect(own.length).toBeGreaterThanOrEqual(2);
    setVariables(
      conditional.runner,
      Object.fromEntries(
        own.map((v) => [v.name, tensor(v.shape, new Array<number>(v.shape[0]! * v.shape[1]!).fill(0))]),
      ),
    );
    const expected = everything(plain.runner, plain.model, 0);
    for (const label of [0, 2]) {
      const found = everything(conditional.runner, conditional.model, label);
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const [what, values] of Object.entries(expected)) {
        const scale = Math.max(1, ...values.map(Math.abs));
        for (const [i, value] of values.entries()) {
          expect(Math.abs(found[what]![i]! - value), `${what} ${i}`).toBeLessThan(1e-5 * scale);
        }
      }
    }
    const labels = patternLabels(6, CLASSES);
    const [one, other] = [
      trainStep(plain.runner, plain.model, { images }),
      trainStep(conditional.runner, conditional.model, { images, labels }),
    ];
    expect(other['loss']).toBeCloseTo(one['loss']!, 3);
    for (const { runner } of [plain, conditional]) runner.dispose();
  });

  it.each(networks)('with %s sees the label in both networks', async (_, options) => {
    const { model, runner } = await start(name, 'cvae', options);
    const [zero, one] = [everything(runner, model, 0), everything(runner, model, 1)];
    for (const what of [
      'encode.mean',
      'encode.logVariance',
      'decode.examples',
      'sample.examples',
      'reconstruct.examples',
    ]) {
      expect(zero[what], what).not.toEqual(one[what]);
    }
    runner.dispose();
  });

  it('learns what belongs to a class from its label alone', async () => {
    const { model, runner } = await start(name, 'cvae', { network: { kind: 'mlp', hidden: [16] } });
    // Each class is one image: z has nothing to say, and the label everything.
    const kinds = [0, 1, 2].map((kind) => Array.from({ length: 42 }, (_, i) => (i % 3 === kind ? 1 : 0)));
    const images = tensor([6, ...shape], [...kinds, ...kinds].flat());
    const labels = patternLabels(6, CLASSES);
    let kl = Infinity;
    for (let step = 0; step < 400; step++) {
      kl = trainStep(runner, model, { images, labels, counter: step, hyperparameters: { learningRate: 0.01 } })['kl']!;
    }
    expect(kl).toBeLessThan(0.5);
    const count = model.sampling!.count;
    const drawn = runner.call('sample', { noise: noise(1, 0), labels: patternLabels(count, CLASSES) })['examples']!;
    for (const [kind, image] of kinds.entries()) {
      const ofKind = [...drawn.data.keys()].filter((i) => Math.floor(i / 42) % CLASSES === kind);
      const errors = ofKind.map((i) => Math.abs(drawn.data[i]! - image[i % 42]!));
      expect(errors.reduce((sum, error) => sum + error, 0) / errors.length, `class ${kind}`).toBeLessThan(0.1);
    }
    runner.dispose();
  });

  it('refuses a label that is no class', async () => {
    const { model, runner } = await start(name, 'cvae', {});
    const labels = { ...patternLabels(6, CLASSES), data: Int32Array.of(0, 1, 2, 3, 0, 1) };
    expect(() => trainStep(runner, model, { images: patternImages(6, shape), labels })).toThrow(/labels/);
    runner.dispose();
  });
});

describe('the conditional preset', () => {
  const model = modelOf({ model: { family: 'cvae' } }, [28, 28, 1], 10);

  it('has 660,824 parameters: those of the VAE, and 400 for each label in both networks', () => {
    const shapes = Object.fromEntries(model.program.variables.map((variable) => [variable.name, variable.shape]));
    expect(shapes).toMatchObject({
      'encoder.hidden.0.condition': [10, 400],
      'decoder.hidden.0.condition': [10, 400],
    });
    const sizes = Object.values(shapes).map((size) => size.reduce((a, b) => a * b, 1));
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(652_824 + 8_000);
  });

  it('tells views what to show', () => {
    expect(presentationSchema.parse(model.presentation)).toEqual(model.presentation);
    expect(model.presentation.title).toBe('Conditional VAE · MNIST');
    expect(model.classes).toBe(10);
  });

  it('is not made for images without labels', () => {
    expect(() => modelOf({ model: { family: 'cvae' } }, [28, 28, 1])).toThrow(/learns from labels/);
  });
});
