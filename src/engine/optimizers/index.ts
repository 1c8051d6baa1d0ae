import { assertNever } from '../../common/assertNever';
import { adagrad, rmsprop, type AdagradSettings, type RmspropSettings } from './adaptive';
import { adam, type AdamSettings } from './adam';
import { momentum, sgd, type MomentumSettings, type SgdSettings } from './descent';
import type { OptimizerRule } from './rule';

export type OptimizerSettings = SgdSettings | MomentumSettings | RmspropSettings | AdagradSettings | AdamSettings;
export type { OptimizerRule, ResourceUpdate, VariableUpdate } from './rule';

export function ruleOf(settings: OptimizerSettings): OptimizerRule {
  switch (settings.kind) {
    case 'sgd':
      return sgd();
    case 'momentum':
      return momentum(settings);
    case 'rmsprop':
      return rmsprop(settings);
    case 'adagrad':
      return adagrad(settings);
    case 'adam':
    case 'adamw':
      return adam(settings);
    default:
      return assertNever(settings);
  }
}
