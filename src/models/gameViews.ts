import type { Panel, PlaneLayer } from '../protocol/panels';
import type { Presentation } from '../protocol/run';
import { DIVERSITY_METRIC } from '../protocol/sampleMetrics';
import { SIZES } from './context';
import { arrowsAt, distribution, distributionBetween, field } from './fields';
import { judgesExamples, type Game } from './game';
import { joined, type Views } from './latentViews';
import type { Summary } from './model';
import { rowsOf, type RowFunction } from './rows';
import * as summaries from './summaries';

/** `examples` [count, …] → `output` [count]: what the judge says. */
const JUDGEMENT: RowFunction = { function: 'judgement', output: 'output', count: SIZES.evaluate };
/** `examples` [count, …] → `push` [count, …]: minus the gradient of the generator's loss. */
const PUSH: RowFunction = { function: 'push', output: 'push', count: SIZES.evaluate };
/** `examples` [count, …] → `norm` [count]: ‖∇f‖ of a critic. */
const SLOPE: RowFunction = { function: 'slope', output: 'norm', count: SIZES.evaluate };
/** Arrows that can still be told apart. */
const ARROWS = 200;
/** The longest arrow, as a share of the plane. */
const LONGEST = 0.12;

/** What a game is looked at with: the plane on which it is played or its images, and how it stands. */
export function gameViews(game: Game): Views & Pick<Presentation, 'headline'> {
  const { data, extent } = game.context;
  const played = data.kind === 'points' && data.size === 2 && extent !== undefined ? plane(game, extent) : NOTHING;
  const images: Views = {
    summaries: [summaries.samples()],
    panels: [{ kind: 'images', title: 'Samples', tag: 'samples' }],
  };
  const standing: Views = { summaries: [], panels: curves(game) };
  return {
    ...joined(
      data.kind === 'image' ? images : played,
      standing,
      judgesExamples(game) ? outputs(game) : NOTHING,
      slopes(game),
      clipped(game),
    ),
    headline: headline(game),
  };
}

const NOTHING: Views = { summaries: [], panels: [] };

/** Data and samples with what the judge says all over the plane, and where it would push the samples. */
function plane(game: Game, extent: number): Views {
  const interval: [number, number] = [-extent, extent];
  const bounds = { x: interval, y: interval };
  const judges = judgesExamples(game);
  const manifold = game.latent === 2 && game.classes === undefined;
  const range: [number, number] | undefined = game.objective.probabilities ? [0, 1] : undefined;
  const judgement = { kind: 'field', tag: 'points/judgement', label: outputLabel(game), ...bounds, range } as const;
  const push = { kind: 'arrows', tag: 'points/push', label: 'Generator’s gradient (longest alike)' } as const;
  const layers: PlaneLayer[] = [
    ...(judges ? [judgement] : []),
    { kind: 'points', tag: 'points/data', label: 'Data' },
    ...(manifold ? [{ kind: 'grid', tag: 'points/manifold', label: 'Generated latent grid' } as const] : []),
    { kind: 'points', tag: 'points/samples', label: 'Samples' },
    ...(judges ? [push] : []),
  ];
  return {
    summaries: [
      ...(judges ? [field(judgement.tag, JUDGEMENT, bounds), pushes(push.tag, extent)] : []),
      ...(manifold ? [summaries.manifold('decode', SIZES.decode)] : []),
      summaries.testPoints(),
      summaries.samplePoints(),
    ],
    panels: [{ kind: 'plane', title: 'Data, samples and judgement', axes: ['x₁', 'x₂'], bounds, layers }],
  };
}

/** How what the judge says is distributed, of data and of samples. */
function outputs(game: Game): Views {
  const { judgeName: judge } = game;
  const [data, samples] = [`${judge}/data`, `${judge}/samples`];
  return {
    summaries: [distribution(data, JUDGEMENT, 'test'), distribution(samples, JUDGEMENT, 'samples')],
    panels: [
      {
        kind: 'histograms',
        title: `Outputs of the ${judge}`,
        quantity: outputLabel(game),
        series: [
          { tag: data, label: 'data' },
          { tag: samples, label: 'samples' },
        ],
      },
    ],
  };
}

/** How steep a critic is between data and samples, where it is meant to have a slope of 1, or to be Lipschitz (Gulrajani et al. 2017). */
function slopes(game: Game): Views {
  if (game.judgeName !== 'critic' || !judgesExamples(game)) return NOTHING;
  const tag = 'critic/slope_between';
  return {
    summaries: [distributionBetween(tag, SLOPE)],
    panels: [
      {
        kind: 'histograms',
        title: 'Slope of the critic between data and samples',
        ...{ quantity: '‖∇f(x̂)‖', series: [{ tag, label: 'interpolates' }] },
      },
    ],
  };
}

/** How many of the judge's weights are at ±c, as clipping drives them to (Gulrajani et al. 2017, figure 1b). */
function clipped({ judgeName, weightClip }: Game): Views {
  if (weightClip === undefined) return NOTHING;
  const tag = `${judgeName}/weights`;
  return {
    summaries: [
      {
        ...{ tag, due: 'histograms', functions: ['weights'] },
        *draw(easel) {
          return { kind: 'histogram', values: easel.call('weights', {})['weights']!.data as Float32Array };
        },
      },
    ],
    panels: [
      {
        kind: 'curves',
        ...{ title: 'Share of weights at the clip', unit: '' },
        series: [{ tag: `train/${judgeName}/at_clip`, label: judgeName }],
      },
      {
        kind: 'histograms',
        title: `Weights of the ${judgeName}`,
        ...{ quantity: 'w', series: [{ tag, label: 'all weights' }] },
      },
    ],
  };
}

/** By what a run is compared and its best checkpoint chosen. */
function headline({ judgeName, objective }: Game): Presentation['headline'] {
  if (judgeName === 'critic') return { tag: 'test/critic/estimate', label: 'Critic’s estimate', mode: 'min' };
  return objective.probabilities
    ? { tag: 'test/discriminator/jensen_shannon', label: 'JS estimate', mode: 'min' }
    : { tag: 'test/discriminator/accuracy', label: 'Accuracy of D', mode: 'min' };
}

function outputLabel({ judgeName, objective }: Game): string {
  if (judgeName === 'critic') return 'f(x)';
  return objective.probabilities ? 'D(x)' : 'Output of D';
}

function curves({ judgeName: judge, objective, regularizer, smoothed, context }: Game): Panel[] {
  const panel = (title: string, series: { tag: string; label: string }[], unit = ''): Panel => ({
    kind: 'curves',
    ...{ title, unit, series },
  });
  const players = (name: string) =>
    [judge, 'generator'].map((player) => ({ tag: `train/${player}/${name}`, label: player }));
  const both = (name: string) => ['train', 'test'].map((set) => ({ tag: `${set}/${judge}/${name}`, label: set }));
  const verdicts = [
    { tag: `train/${judge}/real`, label: 'data' },
    { tag: `train/${judge}/fake`, label: 'samples' },
  ];
  const medians = smoothed ? [{ tag: `train/${judge}/${smoothed}_median`, label: 'train, median of 101 steps' }] : [];
  const standing =
    judge === 'critic'
      ? [panel('Critic’s estimate of the distance', [...both('estimate'), ...medians])]
      : [
          panel(`${objective.probabilities ? 'D' : 'Output of D'} on data and samples`, verdicts),
          panel('Accuracy of the discriminator', both('accuracy')),
          ...(objective.probabilities ? [panel('Jensen–Shannon estimate', both('jensen_shannon'), 'nats')] : []),
        ];
  return [
    ...standing,
    panel('Losses', players('loss')),
    panel('Gradient norms', players('gradient_norm')),
    ...(objective.saturation
      ? [
          panel('Saturation: non-saturating against minimax gradient', [
            { tag: 'train/generator/saturation', label: '‖1 − D‖ / ‖D‖ on samples' },
          ]),
        ]
      : []),
    ...(context.mixture === undefined
      ? [panel('Diversity of samples (data: 1)', [{ tag: DIVERSITY_METRIC, label: 'samples' }])]
      : []),
    ...(regularizer ? [panel(regularizer.title, [{ tag: `train/${judge}/${regularizer.name}`, label: 'train' }])] : []),
  ];
}

/** Arrows at samples, along minus the gradient of the generator's loss at them. */
function pushes(tag: string, extent: number): Summary {
  return {
    ...{ tag, due: 'images', functions: [PUSH.function] },
    *draw(easel) {
      // The first of those that are shown as points.
      const from = (yield* easel.samples(summaries.POINTS, summaries.POINTS)).subarray(0, 2 * ARROWS);
      return arrowsAt(from, yield* rowsOf(easel, PUSH, from, ARROWS), 2 * extent * LONGEST);
    },
  };
}
