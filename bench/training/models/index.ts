import { alphaGan, snGan, wganGpNormalized, wganGpPhotographs } from './adversarial';
import { convVae, convVae64 } from './convVae';
import { dcganDiscriminator, dcganGenerator } from './dcgan';
import { iwae, realNvp, vqVae } from './latentVariable';
import { made } from './made';
import { mlpVae } from './mlpVae';
import { families } from './families';
import type { BenchmarkModel } from './model';
import { pixelCnn } from './pixelCnn';
import { ringInside, unrolledAdam, unrolledDescent } from './ring';
import { ringGan } from './ringGan';
import { rowLstm } from './rowLstm';
import { gatedPixelCnn, lstm, nade, nadeUnrolled, transformer } from './sequences';
import { wganGp } from './wganGp';
import { zoo } from './zoo';

export const models: readonly BenchmarkModel[] = [
  mlpVae,
  convVae,
  ringGan,
  dcganDiscriminator,
  dcganGenerator,
  made,
  wganGp,
  pixelCnn,
  rowLstm,
  convVae64,
  ringInside,
  unrolledDescent,
  unrolledAdam,
  alphaGan,
  snGan,
  wganGpPhotographs,
  wganGpNormalized,
  vqVae,
  iwae,
  realNvp,
  gatedPixelCnn,
  transformer,
  lstm,
  nade,
  nadeUnrolled,
  zoo,
  ...families,
];

/** Throws for a name that no model has. */
export function modelNamed(name: string): BenchmarkModel {
  const found = models.find((model) => model.name === name);
  if (found) return found;
  throw new Error(`There is no model "${name}"; there are ${models.map((model) => model.name).join(', ')}.`);
}
