export { BatchSource, evaluationBatches } from './batches';
export type { Batch, BatchOptions, EvaluationBatch } from './batches';
export { fromModel, toModel, trainingExamples } from './scaling';
export { PrefetchedBatches } from './prefetch';
export { classNames, learnedLabels } from './classes';
export { firstOf, loadDataset } from './dataset';
export type { DataLocations } from './dataset';
export type { Dataset, ExampleSet } from './exampleSet';
export { DataError } from './error';
