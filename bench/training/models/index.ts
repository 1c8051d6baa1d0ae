import { convVae, convVae64 } from './convVae';
import { dcganDiscriminator, dcganGenerator } from './dcgan';
import { made } from './made';
import { mlpVae } from './mlpVae';
import type { BenchmarkModel } from './model';
import { pixelCnn } from './pixelCnn';
import { ringGan } from './ringGan';
import { rowLstm } from './rowLstm';
import { wganGp } from './wganGp';

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
];

/** Throws for a name that no model has. */
export function modelNamed(name: string): BenchmarkModel {
  const found = models.find((model) => model.name === name);
  if (found) return found;
  throw new Error(`There is no model "${name}"; there are ${models.map((model) => model.name).join(', ')}.`);
}
