export { evaluateModel, noise, scalars } from './evaluate';
export type { Evaluation, EvaluationOptions } from './evaluate';
export { exactLogLikelihood } from './exact';
export { importanceLogLikelihood } from './importance';
export type { ImportanceEstimate, ImportanceOptions } from './importance';
