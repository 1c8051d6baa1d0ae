export { evaluateModel, labelsFor, noise, scalars } from './evaluate';
export type { Evaluation, EvaluationOptions } from './evaluate';
export { importanceLogLikelihood } from './importance';
export type { ImportanceEstimate, ImportanceOptions } from './importance';
