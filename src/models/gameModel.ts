import type { OptimizerDeclaration } from '../engine/program';
import { namedOptimizers, SIZES } from './context';
import { sampleDiversity } from './diversity';
import type { Game } from './game';
import { gameAlerts } from './gameAlerts';
import { finishGame, gameFunctions } from './gameFunctions';
import { gameViews } from './gameViews';
import { medianFilter } from './median';
import type { Model } from './model';
import { samplesTag } from './summaries';

/**
 * A model of two players that take turns, each minimizing its own loss by an optimizer of its own (Goodfellow et al. 2014,
 * algorithm 1), with all that it is measured and looked at by.
 */
export function gameModel(game: Game): Model {
  const { family, context, latent, generator, judge, judgeName, prior, classes, weightClip } = game;
  const { data } = context;
  const named = namedOptimizers(context, { [judgeName]: judge.variables, generator: generator.variables });
  const optimizers = Object.fromEntries(
    Object.entries<OptimizerDeclaration>(named.optimizers).map(([name, declaration]) => [
      name,
      { ...declaration, reportsNorm: true as const, ...(name === judgeName && { weightClip }) },
    ]),
  );
  const hyperparameters = { ...named.hyperparameters, ...game.hyperparameters };
  const { summaries, headline, panels } = gameViews(game);
  const median =
    game.smoothed === undefined ? undefined : medianFilter(`${judgeName}.${game.smoothed}`, `${game.smoothed}_median`);
  return {
    family,
    program: {
      variables: [...generator.variables, ...judge.variables, ...(median?.variables ?? [])],
      optimizers,
      functions: gameFunctions(game, hyperparameters, median),
    },
    data,
    scaling: data.kind === 'image' ? 'signed' : 'unit',
    hyperparameters,
    phases: [
      ...game.turns.map((turn) => ({ ...turn, name: judgeName, function: judgeName })),
      { name: 'generator', function: 'generator' },
      ...(median ? [{ name: judgeName, function: 'median' }] : []),
    ],
    metrics: [{ function: 'evaluate', finish: (means) => finishGame(means, `test/${judgeName}/`) }],
    // Where the modes are known, their coverage says more.
    sampleMetrics: context.mixture === undefined ? [sampleDiversity] : [],
    alerts: gameAlerts(game),
    sampling: { kind: 'once', tag: samplesTag(data), function: 'sample', count: SIZES.sample },
    latent: { size: latent, prior, decode: { function: 'decode', count: SIZES.decode } },
    classes,
    summaries,
    presentation: { family, title: `${game.title} · ${context.dataTitle}`, headline, panels: [...panels] },
  };
}
