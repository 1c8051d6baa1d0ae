import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { launchChromium } from '../../scripts/lib/chromium.mjs';
import type { Report } from '../report';
import { measureJobs, measureOurs, type Measured } from './ours';
import { serveExplorer } from './site';
import { measureProjector, type Projector } from './tensorboard';
import { benchVectors, DIMENSIONS } from './vectors';

const [FEW, MANY] = [10_000, 70_000];

/** The latent explorer in the real browser, next to TensorBoard's projector on the same vectors. */
export async function latent(programs: string, results: string, python: string | undefined): Promise<Report> {
  const loadBefore = os.loadavg()[0]!;
  const browser = await launchChromium();
  const site = await serveExplorer(programs);
  const notes: string[] = [];
  const ours = new Map<string, Measured>();
  const theirs = new Map<number, Projector>();
  let jobs: { few: number[]; many: number[] };
  try {
    const [few, many] = [benchVectors(FEW), benchVectors(MANY)];
    ours.set('10,000', await measureOurs(browser, site.url, few, false));
    ours.set('70,000', await measureOurs(browser, site.url, many, false));
    ours.set('70,000, WebGL in any case', await measureOurs(browser, site.url, many, true));
    jobs = {
      few: await measureJobs(browser, site.url, few, [
        ['neighbors', true],
        ['umap', true],
        ['tsne', true],
      ]),
      many: await measureJobs(browser, site.url, many, [
        ['pca', true],
        ['neighbors', false],
      ]),
    };
    for (const vectors of python === undefined ? [] : [few, many]) {
      const count = vectors.length / DIMENSIONS;
      try {
        theirs.set(count, await measureProjector(browser, python!, vectors));
      } catch (error) {
        notes.push(`The projector with ${count} points could not be measured: ${firstLine(error)}`);
      }
    }
  } finally {
    await Promise.all([browser.close(), site.close()]);
  }
  if (python === undefined) notes.push('TensorBoard is not set up here: node scripts/setup-peers.mjs says why.');
  notes.push(
    'The projector computes principal components while it loads, so that they can’t be timed alone.',
    'The projector makes UMAP of a sample of 5,000 points; ours are of all. Its random start differs, and so do the maps.',
    `Load of the machine before: ${loadBefore.toFixed(1)} on ${os.cpus().length} processors; without a graphics device the explorer draws by itself, and WebGL is the browser’s software.`,
  );
  const report: Report = {
    title: 'Latent explorer, milliseconds',
    figures: figuresOf(ours, theirs, jobs),
    ratios: ratiosOf(ours, theirs),
    notes,
  };
  await mkdir(results, { recursive: true });
  await writeFile(
    path.join(results, 'latent.json'),
    `${JSON.stringify({ name: 'latent', ...report }, undefined, 2)}\n`,
  );
  return report;
}

function figuresOf(
  ours: ReadonlyMap<string, Measured>,
  theirs: ReadonlyMap<number, Projector>,
  { few, many }: { few: readonly number[]; many: readonly number[] },
): Record<string, number[]> {
  const figures: Record<string, number[]> = {};
  for (const [points, measured] of ours) {
    const label = `${points} (${measured.drawsWith})`;
    figures[`${label}: load to points on the screen`] = [measured.load];
    figures[`${label}: frames a second, panning`] = [measured.framesPanning];
    figures[`${label}: frames a second, zooming`] = [measured.framesZooming];
    figures[`${label}: points that a moving frame draws`] = [measured.drawnMoving];
    figures[`${label}: hover to picture, median`] = [measured.hover[0]];
    figures[`${label}: hover to picture, 95th percentile`] = [measured.hover[1]];
    figures[`${label}: click on PCA to points`] = [measured.pca];
    figures[`${label}: click on UMAP to its end`] = [measured.umap];
  }
  const [neighbors, umap, tsne] = few;
  figures['worker: 15 exact neighbors of 10,000 × 20'] = [neighbors!];
  figures['worker: UMAP of 10,000'] = [umap!];
  figures['worker: t-SNE of 10,000'] = [tsne!];
  figures['worker: PCA of 70,000 × 20'] = [many[0]!];
  figures['worker: 15 approximate neighbors of 70,000 × 20'] = [many[1]!];
  for (const [count, { load, umap: projectorUmap }] of theirs) {
    figures[`TensorBoard’s projector, ${count}: load to principal components`] = [load];
    figures[`TensorBoard’s projector, ${count}: UMAP of its 5,000`] = [projectorUmap];
  }
  return figures;
}

function ratiosOf(ours: ReadonlyMap<string, Measured>, theirs: ReadonlyMap<number, Projector>): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const [count, { load, umap }] of theirs) {
    const mine = ours.get(count.toLocaleString('en-US'));
    if (!mine) continue;
    ratios[`load, ours to the projector’s, ${count}`] = mine.load / load;
    ratios[`UMAP, ours of all to the projector’s of 5,000, ${count}`] = mine.umap / umap;
  }
  return ratios;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
