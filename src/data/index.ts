export { BatchSource, evaluationBatches } from './batches';
export type { Batch, BatchOptions, EvaluationBatch } from './batches';
export { trainingImages } from './binarization';
export { PrefetchedBatches } from './prefetch';
export { classNames, learntLabels } from './classes';
export { loadDataset } from './dataset';
export type { Dataset, DataLocations, ImageSet } from './dataset';
export { DataError } from './error';
