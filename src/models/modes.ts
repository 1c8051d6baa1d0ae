import type { Panel } from '../protocol/panels';
import type { Mixture } from '../protocol/mixtures';
import { MODE_METRICS } from '../protocol/sampleMetrics';
import type { ModelContext } from './context';
import type { Model, SampleMetric } from './model';

/** Samples that are measured, as in Srivastava et al. 2017 and Lin et al. 2018. */
const SAMPLES = 2500;
/** A sample is of high quality within this many standard deviations of the nearest mode. */
const WITHIN = 3;

/** A model that samples, with what tells which modes of its data it reaches, where these are a known mixture. */
export function withModes(model: Model, { mixture }: Pick<ModelContext, 'mixture'>): Model {
  if (model.sampling === undefined || mixture === undefined) return model;
  const [modes, highQuality, reverseKl] = MODE_METRICS;
  const curve = (title: string, tag: string, unit = ''): Panel => ({
    kind: 'curves',
    ...{ title, unit },
    series: [{ tag, label: 'samples' }],
  });
  const { presentation } = model;
  return {
    ...model,
    sampleMetrics: [...(model.sampleMetrics ?? []), modeCoverage(mixture)],
    presentation: {
      ...presentation,
      panels: [
        ...presentation.panels,
        curve(`Modes of ${mixture.centers.length}`, modes),
        curve('High-quality share of samples', highQuality),
        curve('Reverse KL over modes', reverseKl, 'nats'),
      ],
    },
  };
}

/**
 * Which modes samples reach, by the protocol of Lin et al. 2018 (table 1): a sample is of high quality within 3σ of the nearest mode;
 * a mode is reached by at least one of those; the reverse KL is that from the modes' equal shares to those of all samples, each
 * counted for its nearest mode: Σ q log(q / p), in nats. Samples that are not finite have no nearest mode; where all are such, the
 * reverse KL is not a number.
 */
export function modeCoverage({ centers, deviation }: Mixture): SampleMetric {
  return {
    samples: SAMPLES,
    finish(samples) {
      const count = samples.length / 2;
      const nearest = new Array<number>(centers.length).fill(0);
      const good = new Array<number>(centers.length).fill(0);
      for (let row = 0; row < count; row++) {
        const distances = centers.map(([x, y]) => Math.hypot(samples[2 * row]! - x, samples[2 * row + 1]! - y));
        const distance = Math.min(...distances);
        const mode = distances.indexOf(distance);
        if (!Number.isFinite(distance)) continue;
        nearest[mode]! += 1;
        if (distance <= WITHIN * deviation) good[mode]! += 1;
      }
      const finite = nearest.reduce((sum, each) => sum + each, 0);
      const shares = nearest.map((each) => each / finite);
      const [modes, highQuality, reverseKl] = MODE_METRICS;
      return {
        [modes]: good.filter((each) => each > 0).length,
        [highQuality]: good.reduce((sum, each) => sum + each, 0) / count,
        [reverseKl]: shares.reduce((sum, q) => sum + (q === 0 ? 0 : q * Math.log(q * centers.length)), 0),
      };
    },
  };
}
