import type { TrainingSpecification } from '../../protocol/specification';

/**
 * The factor of the learning rate at update `update` (from 1) of `total`: it rises linearly during warm-up, then goes from
 * 1 to `final` at the last update. A pure function of its parameters, so a resumed run continues where it was; added
 * epochs stretch the remaining schedule.
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
