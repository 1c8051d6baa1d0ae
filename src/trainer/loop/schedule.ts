import type { TrainingSpecification } from '../../protocol/specification';

/**
 * What the learning rate is multiplied by at update `update` (from 1) of `total`: it grows in a straight line through the
 * warm-up, and goes from 1 at its end to `final` at the last update. A pure function of its parameters, so that a resumed run
 * continues where it was; more epochs stretch what is left.
 */
export function scheduleFactor(
  { kind, warmup, final }: TrainingSpecification['schedule'],
  update: number,
  total: number,
): number {
  if (update <= warmup) return update / warmup;
  const rest = total - warmup;
  const done = rest <= 1 ? 1 : Math.min(1, (update - warmup - 1) / (rest - 1));
  switch (kind) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - done * (1 - final);
    case 'cosine':
      return final + ((1 - final) * (1 + Math.cos(Math.PI * done))) / 2;
    case 'exponential':
      return final ** done;
  }
}
