// The trainings behind the trained bars of two-player games: what is trained, how often, and what it must reach.
// `scripts/trained-games.mjs` runs them; `test/trained/games.test.ts` holds them to their bars.

/**
 * @typedef {object} TrainedGame
 * @property {string} name of the row, and of its runs
 * @property {string} title
 * @property {string} example the specification in examples/ that it starts from
 * @property {readonly string[]} set changes to it, as `latent train --set` takes them
 * @property {number} trials seeds 0, 1, …
 * @property {number} [generated] samples that `latent eval` compares with test images
 * @property {boolean} [everyCheckpoint] whether each checkpoint is evaluated, not only the last one
 * @property {readonly string[]} shows metrics in the table
 * @property {string} bar what it must reach, or what is published
 */

const MODES = ['samples/modes', 'samples/high_quality', 'samples/reverse_kl'];
const IMAGES = ['samples/classifier_fid', 'samples/classes', 'samples/precision', 'samples/recall'];
/** As many packs of m in a batch, and as many steps, whatever m is. @param {'ring' | 'grid'} set @param {number} m */
const pack = (set, m) => [
  `data={"set":"${set}"}`,
  `model.packing=${m}`,
  `training.batch=${256 * m}`,
  `training.epochs=${(set === 'grid' ? 40 : 20) * m}`,
];

/**
 * Lin et al. 2018 (`2DRing_GAN&PacGAN/config.py` of the authors' code): 400 epochs of 1,000 batches. In place of their discriminator
 * of three maxout layers of five pieces, one of as many leaky ReLU.
 * @param {string} set
 * @param {number} m
 */
const reference = (set, m) => [
  `data={"set":"${set}"}`,
  'model.generator={"kind":"mlp","hidden":[400,400,400,400]}',
  'model.discriminator={"kind":"mlp","hidden":[200,200,200]}',
  'model.batchNorm=true',
  `model.packing=${m}`,
  `training.batch=${100 * m}`,
  `training.epochs=${800 * m}`,
  'training.optimizer={"kind":"adam","learningRate":0.0001,"beta1":0.8}',
  'training.schedule={"kind":"constant"}',
];

/** Sets, packing and what Lin et al. 2018 give in table 1. @type {readonly (readonly ['ring' | 'grid', number, string])[]} */
const PAC_ROWS = [
  ['ring', 1, '6.3 ± 0.5 modes'],
  ['ring', 2, '7.9 ± 0.1 modes'],
  ['grid', 1, '17.3 ± 0.8 modes'],
  ['grid', 4, '24.8 ± 0.2 modes'],
];

/** In the order in which they are trained. @type {readonly TrainedGame[]} */
export const trainedGames = [
  {
    // The weight of the penalty in the authors' code for points in a plane (`gan_toy.py`).
    ...{ name: 'wgan-gp-ring', title: 'WGAN-GP, ring of 8, λ = 0.1, 5,096 steps', example: 'wgan-gp-ring', trials: 3 },
    ...{ set: ['training.epochs=26', 'model.penalty=0.1'], shows: MODES, bar: '8 modes, reverse KL ≤ 0.2, each seed' },
  },
  {
    ...{ name: 'wgan-gp-ring-10', title: 'the same, λ = 10', example: 'wgan-gp-ring', trials: 3 },
    ...{ set: ['training.epochs=26', 'model.penalty=10'], shows: MODES, bar: 'beside λ = 0.1' },
  },
  ...[5, 0].map((k) => ({
    ...{ name: `unrolled-${k}`, title: `Unrolled GAN, K = ${k}, ring of 8`, example: 'unrolled-gan-ring' },
    ...{ set: [`model.unrollingSteps=${k}`], trials: 3, shows: MODES },
    bar: k === 0 ? 'beside K = 5' : 'median ≥ 7 modes (Metz et al. 2016: 7.6)',
  })),
  ...PAC_ROWS.map(([set, m, published]) => ({
    ...{ name: `${set}-pac${m}`, title: `${m === 1 ? 'GAN' : `PacGAN${m}`}, ${set}, our preset`, example: 'gan-ring' },
    set: pack(set, m),
    ...{ trials: 10, shows: MODES, bar: `${published} (Lin et al. 2018, table 1)` },
  })),
  {
    ...{
      name: 'cgan',
      title: 'Conditional GAN, MNIST, 15 epochs',
      example: 'cgan-mnist',
      trials: 3,
      generated: 10_000,
    },
    set: ['training.epochs=15'],
    ...{ shows: ['samples/label_agreement', ...IMAGES], bar: 'label agreement ≥ 85 %' },
  },
  {
    ...{ name: 'vae', title: 'VAE preset, MNIST, 10 epochs', example: 'vae-mnist', trials: 3, generated: 10_000 },
    ...{ set: [], shows: IMAGES, bar: 'beside the DCGAN' },
  },
  {
    ...{ name: 'dcgan', title: 'DCGAN at half width, MNIST, 5 epochs', example: 'dcgan-mnist', trials: 3 },
    ...{ set: ['training.epochs=5', 'model.channels=[32,64]'], generated: 10_000, shows: IMAGES },
    bar: '10 digits ≥ 3 %, classifier-FID ≤ 0.35 of the VAE’s',
  },
  {
    ...{ name: 'wgan-gp-mnist', title: 'WGAN-GP, MNIST, 10 checkpoints', example: 'wgan-gp-ring', trials: 1 },
    set: [
      'model={"family":"wgan-gp"}',
      'data={"set":"mnist"}',
      'training={"epochs":10,"batch":64,"optimizer":{"kind":"adam","learningRate":0.0001,"beta1":0.5,"beta2":0.9}}',
      'checkpoints={"keepLast":10}',
    ],
    ...{ generated: 2500, everyCheckpoint: true, shows: ['spearman'] },
    bar: 'Spearman of critic estimate and classifier-FID ≥ 0.6',
  },
  ...PAC_ROWS.map(([set, m, published]) => ({
    ...{ name: `${set}-pac${m}-reference`, title: `${m === 1 ? 'GAN' : `PacGAN${m}`}, ${set}, networks of the paper` },
    ...{ example: 'gan-ring', set: reference(set, m), trials: 10, shows: MODES },
    bar: `${published} (Lin et al. 2018, table 1)`,
  })),
];

/** Rank correlation of Spearman, with mean ranks for ties. @param {readonly number[]} a @param {readonly number[]} b */
export function spearman(a, b) {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length + 1) / 2;
  const moment = (u, v) => u.reduce((sum, each, index) => sum + (each - middle) * (v[index] - middle), 0);
  return moment(x, y) / Math.sqrt(moment(x, x) * moment(y, y));
}

/** @param {readonly number[]} values */
function ranks(values) {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}
