import { BatchSource, PrefetchedBatches, trainingImages, type Dataset } from '../../data';
import type { Input, TrainingImages } from '../../engine/program';
import type { Specification } from '../../protocol/specification';
import { batchWorker } from '../assets';

/**
 * What a training step is given of the data: rows of the images that the program holds, or of a large set the images
 * themselves.
 */
export class StepInputs {
  /** By stream: each call of a step draws batches of its own. */
  private readonly sources = new Map<number, BatchSource>();
  private readonly prefetched = new Map<number, PrefetchedBatches>();
  private made: TrainingImages | undefined;

  constructor(
    private readonly dataset: Dataset,
    private readonly specification: Specification,
  ) {}

  /** In an epoch each call of a step sees every image once. */
  get stepsPerEpoch(): number {
    return this.source(0).stepsPerEpoch;
  }

  /** For the runner of a run; made when they are first asked for. */
  get images(): TrainingImages {
    const { dataset, specification } = this;
    return (this.made ??= trainingImages(dataset.train, dataset.imageShape, specification.data.binarization));
  }

  /** The inputs of step `step`, counted from 0, for the call of that place in the step. */
  at(step: number, stream: number): { readonly images: Input; readonly labels?: Int32Array } {
    const batch = this.source(stream).batch(step);
    const labels = batch.labels && Int32Array.from(batch.labels);
    if (this.images.bytes !== undefined) return { images: { rows: batch.rows }, labels };
    return { images: { intensities: this.prefetch(stream).intensities(step) }, labels };
  }

  dispose(): void {
    for (const prefetched of this.prefetched.values()) prefetched.dispose();
  }

  private source(stream: number): BatchSource {
    let source = this.sources.get(stream);
    if (source === undefined) {
      source = new BatchSource(this.dataset.train, { ...this.specification.training, stream });
      this.sources.set(stream, source);
    }
    return source;
  }

  /** Started lazily: sampling alone needs no prefetch thread. */
  private prefetch(stream: number): PrefetchedBatches {
    let prefetched = this.prefetched.get(stream);
    if (prefetched === undefined) {
      const { train, imageShape } = this.dataset;
      const { training, data } = this.specification;
      prefetched = new PrefetchedBatches(train, imageShape, { ...training, ...data, stream }, batchWorker());
      this.prefetched.set(stream, prefetched);
    }
    return prefetched;
  }
}
