import { BatchSource, PrefetchedBatches, trainingImages, type Dataset } from '../data';
import type { Input, TrainingImages } from '../engine/program';
import type { Specification } from '../protocol/specification';
import { batchWorker } from './assets';

/**
 * What a training step is given of the data: rows of the images that the program holds, or of a large set the images
 * themselves.
 */
export class StepInputs {
  private readonly batches: BatchSource;
  private made: TrainingImages | undefined;
  private prefetched: PrefetchedBatches | undefined;

  constructor(
    private readonly dataset: Dataset,
    private readonly specification: Specification,
  ) {
    this.batches = new BatchSource(dataset.train, specification.training);
  }

  get stepsPerEpoch(): number {
    return this.batches.stepsPerEpoch;
  }

  /** For the runner of a run; made when they are first asked for. */
  get images(): TrainingImages {
    const { dataset, specification } = this;
    return (this.made ??= trainingImages(dataset.train, dataset.imageShape, specification.data.binarization));
  }

  /** The inputs of step `step`, counted from 0. */
  at(step: number): { readonly images: Input; readonly labels?: Int32Array } {
    const batch = this.batches.batch(step);
    const labels = batch.labels && Int32Array.from(batch.labels);
    if (this.images.bytes !== undefined) return { images: { rows: batch.rows }, labels };
    const { train, imageShape } = this.dataset;
    const { training, data } = this.specification;
    // The thread begins with the first step: who only samples needs none.
    this.prefetched ??= new PrefetchedBatches(train, imageShape, { ...training, ...data }, batchWorker());
    return { images: { intensities: this.prefetched.intensities(step) }, labels };
  }

  dispose(): void {
    this.prefetched?.dispose();
  }
}
