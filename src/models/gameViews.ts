import type { Panel, PlaneLayer } from '../protocol/panels';
import type { Presentation } from '../protocol/run';
import { distribution, field } from './fields';
import type { Game } from './game';
import type { Views } from './latentViews';
import type { Summary } from './model';
import { rowsOf, type RowFunction } from './rows';
import * as summaries from './summaries';

interface Functions {
  /** `examples` [judged, …] → `output` [judged], `push` [judged, …] */
  readonly judgement: string;
  readonly judged: number;
  /** `latent` [count, size] → `examples` */
  readonly decode: string;
}

const ARROWS = 200;
/** The longest arrow, as a share of the plane. */
const LONGEST = 0.12;

/** What a game is looked at with: the plane on which it is played or its images, and how it stands. */
export function gameViews(game: Game, functions: Functions): Views & Pick<Presentation, 'headline'> {
  const { context, judgeName, packing = 1, classes, latent } = game;
  const { data, extent } = context;
  const summariesOf: Summary[] = [];
  const panels: Panel[] = [];
  // What a judge of packs says of a single example, or one of classes of an example without one, is no number.
  const judges = packing === 1 && classes === undefined;

  if (data.kind === 'points' && data.size === 2 && extent !== undefined) {
    const interval: [number, number] = [-extent, extent];
    const layers: PlaneLayer[] = [];
    if (judges) {
      summariesOf.push(field(FIELD, outputs(functions), { x: interval, y: interval }));
      const range: [number, number] | undefined =
        judgeName === 'discriminator' && outputsAreD(game) ? [0, 1] : undefined;
      layers.push({ kind: 'field', tag: FIELD, label: outputLabel(game), x: interval, y: interval, range });
    }
    summariesOf.push(summaries.testPoints(), summaries.samplePoints());
    layers.push({ kind: 'points', tag: 'points/data', label: 'Data' });
    if (latent === 2 && classes === undefined) {
      summariesOf.push(summaries.manifold(functions.decode, 16));
      layers.push({ kind: 'grid', tag: 'points/manifold', label: 'Generated latent grid' });
    }
    layers.push({ kind: 'points', tag: 'points/samples', label: 'Samples' });
    if (judges) {
      summariesOf.push(push(functions, extent));
      layers.push({ kind: 'arrows', tag: PUSH, label: 'Generator’s gradient (longest alike)' });
    }
    panels.push({
      kind: 'plane',
      title: 'Data, samples and judgement',
      axes: ['x₁', 'x₂'],
      bounds: { x: interval, y: interval },
      layers,
    });
  }
  if (data.kind === 'image') {
    summariesOf.push(summaries.samples());
    panels.push({ kind: 'images', title: 'Samples', tag: 'samples' });
  }
  panels.push(...curves(game));
  if (judges) {
    summariesOf.push(
      distribution(`${judgeName}/data`, outputs(functions), 'test'),
      distribution(`${judgeName}/samples`, outputs(functions), 'samples'),
    );
    panels.push({
      kind: 'histograms',
      title: `Outputs of the ${judgeName}`,
      quantity: outputLabel(game),
      series: [
        { tag: `${judgeName}/data`, label: 'data' },
        { tag: `${judgeName}/samples`, label: 'samples' },
      ],
    });
  }
  return { summaries: summariesOf, panels, headline: headline(game) };
}

const FIELD = 'points/judgement';
const PUSH = 'points/push';

const outputs = ({ judgement, judged }: Functions): RowFunction => ({
  function: judgement,
  output: 'output',
  count: judged,
});

/** By what a run is compared and its best checkpoint chosen. */
function headline(game: Game): Presentation['headline'] {
  if (game.judgeName === 'critic') return { tag: 'test/critic/estimate', label: 'Critic’s estimate', mode: 'min' };
  return outputsAreD(game)
    ? { tag: 'test/discriminator/jensen_shannon', label: 'JS estimate', mode: 'min' }
    : { tag: 'test/discriminator/accuracy', label: 'Accuracy of D', mode: 'min' };
}

/** Whether the judge's outputs are shown as probabilities. */
function outputsAreD({ objective }: Game): boolean {
  return objective.probabilities;
}

function outputLabel(game: Game): string {
  return game.judgeName === 'critic' ? 'f(x)' : outputsAreD(game) ? 'D(x)' : 'output of D';
}

function curves(game: Game): Panel[] {
  const { judgeName: judge, regularizer } = game;
  const players = (name: string, label = '') => [
    { tag: `train/${judge}/${name}`, label: `${judge}${label}` },
    { tag: `train/generator/${name}`, label: `generator${label}` },
  ];
  const both = (name: string) => [
    { tag: `train/${judge}/${name}`, label: 'train' },
    { tag: `test/${judge}/${name}`, label: 'test' },
  ];
  const panel = (title: string, series: { tag: string; label: string }[], unit = ''): Panel => ({
    kind: 'curves',
    ...{ title, unit, series },
  });
  const standing =
    judge === 'critic'
      ? [panel('Critic’s estimate of the distance', both('estimate'))]
      : [
          panel(`${outputLabel(game).replace('(x)', '')} on data and samples`, [
            { tag: `train/${judge}/real`, label: 'data' },
            { tag: `train/${judge}/fake`, label: 'samples' },
          ]),
          panel('Accuracy of the discriminator', both('accuracy')),
          ...(outputsAreD(game) ? [panel('Jensen–Shannon estimate', both('jensen_shannon'), 'nats')] : []),
        ];
  return [
    ...standing,
    panel('Losses', players('loss')),
    panel('Gradient norms', players('gradient_norm')),
    ...(regularizer ? [panel(regularizer.title, [{ tag: `train/${judge}/${regularizer.name}`, label: 'train' }])] : []),
  ];
}

/**
 * Arrows at samples along minus the gradient of the generator's loss at them, [n, 4]: to the same scale within a step, the longest
 * of each step alike.
 */
function push({ judgement, judged }: Functions, extent: number): Summary {
  return {
    ...{ tag: PUSH, due: 'images', functions: [judgement] },
    *draw(easel) {
      const from = yield* easel.samples(ARROWS, ARROWS);
      const push = yield* rowsOf(easel, { function: judgement, output: 'push', count: judged }, from, ARROWS);
      let longest = 0;
      for (let i = 0; i < push.length; i += 2) longest = Math.max(longest, Math.hypot(push[i]!, push[i + 1]!));
      const scale = longest > 0 && Number.isFinite(longest) ? (2 * extent * LONGEST) / longest : 0;
      const values = new Float32Array(4 * ARROWS);
      for (let row = 0; row < ARROWS; row++) {
        const [x, y] = [2 * row, 2 * row + 1];
        values.set([from[x]!, from[y]!, scale * push[x]!, scale * push[y]!], 4 * row);
      }
      return { kind: 'tensor', shape: [ARROWS, 4], values };
    },
  };
}
