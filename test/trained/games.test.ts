import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

interface Trial {
  readonly seed: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What the trials of a game have reached; printed, since the figures are what these tests are for. */
async function trialsOf(game: string): Promise<Trial[]> {
  const parameters = ['scripts/trained-games.mjs', '--json', '--only', game];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { maxBuffer: 1 << 28 });
  const trials = JSON.parse(stdout) as Trial[];
  for (const { seed, metrics } of trials) console.log(game, seed, metrics);
  return trials;
}

function valuesOf(trials: readonly Trial[], metric: string): number[] {
  return trials.map(({ metrics }) => metrics[metric]!);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

describe('on a ring of eight Gaussians', () => {
  it('WGAN-GP reaches all modes, with a reverse KL of at most 0.2, from each seed', async () => {
    const trials = await trialsOf('wgan-gp-ring');
    expect(trials).toHaveLength(3);
    for (const modes of valuesOf(trials, 'samples/modes')) expect(modes).toBe(8);
    for (const divergence of valuesOf(trials, 'samples/reverse_kl')) expect(divergence).toBeLessThanOrEqual(0.2);
  });

  it('the unrolled GAN reaches seven modes and more, and no fewer than the plain one (Metz et al. 2016)', async () => {
    const [unrolled, plain] = [await trialsOf('unrolled-5'), await trialsOf('unrolled-0')];
    expect(unrolled).toHaveLength(3);
    expect(median(valuesOf(unrolled, 'samples/modes'))).toBeGreaterThanOrEqual(7);
    expect(median(valuesOf(unrolled, 'samples/modes'))).toBeGreaterThanOrEqual(
      median(valuesOf(plain, 'samples/modes')),
    );
  });
});

describe('in the protocol of PacGAN (Lin et al. 2018, table 1), mean of ten trials', () => {
  // Published mean less two standard errors.
  it.each([
    ['ring-pac1', 6.3 - 2 * 0.5],
    ['ring-pac2', 7.9 - 2 * 0.1],
    ['grid-pac1', 17.3 - 2 * 0.8],
    ['grid-pac4', 24.8 - 2 * 0.2],
  ])('%s reaches the published modes', async (game, modes) => {
    const trials = await trialsOf(game);
    expect(trials).toHaveLength(10);
    expect(mean(valuesOf(trials, 'samples/modes'))).toBeGreaterThanOrEqual(modes);
  });
});

describe('on MNIST', () => {
  it('a classifier finds the label in 85 % of a conditional GAN’s samples after 15 epochs', async () => {
    const trials = await trialsOf('cgan');
    expect(trials).toHaveLength(3);
    for (const share of valuesOf(trials, 'samples/label_agreement')) expect(share).toBeGreaterThanOrEqual(0.85);
  });

  it('DCGAN of half the width draws all digits after 5 epochs, and closer to data than a VAE', async () => {
    const [dcgan, vae] = [await trialsOf('dcgan'), await trialsOf('vae')];
    expect(dcgan).toHaveLength(3);
    for (const classes of valuesOf(dcgan, 'samples/classes')) expect(classes).toBe(10);
    const [ours, theirs] = [dcgan, vae].map((trials) => median(valuesOf(trials, 'samples/classifier_fid')));
    expect(ours! / theirs!).toBeLessThanOrEqual(0.35);
  });

  it('the estimate of WGAN-GP’s critic falls with the distance of samples from data (Arjovsky et al. 2017)', async () => {
    const trials = await trialsOf('wgan-gp-mnist');
    expect(trials).toHaveLength(1);
    expect(trials[0]!.metrics['spearman']).toBeGreaterThanOrEqual(0.6);
  });
});
