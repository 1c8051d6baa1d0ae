import { BatchSource, PrefetchedBatches, trainingExamples, type Dataset } from '../../data';
import type { Input, Scaling, TrainingExamples } from '../../engine/program';
import { exampleShape } from '../../protocol/dataShape';
import type { Specification } from '../../protocol/specification';
import { batchWorker } from '../assets';

/**
 * The data of a training step: rows of the examples that the program holds, or the examples themselves if the set is large.
 */
export class StepInputs {
  /** By stream: each call of a step draws batches of its own. */
  private readonly sources = new Map<number, BatchSource>();
  private readonly prefetched = new Map<number, PrefetchedBatches>();
  private made: TrainingExamples | undefined;

  constructor(
    private readonly dataset: Dataset,
    private readonly specification: Specification,
    private readonly scaling: Scaling,
  ) {}

  /** In an epoch each call of a step sees every example once. */
  get stepsPerEpoch(): number {
    return this.source(0).stepsPerEpoch;
  }

  /** For the runner of a run; made when they are first asked for. */
  get examples(): TrainingExamples {
    const { dataset, specification, scaling } = this;
    const { binarization } = specification.data;
    return (this.made ??= trainingExamples(dataset.train, exampleShape(dataset.shape), binarization, scaling));
  }

  /**
   * The inputs of step `step`, counted from 0, for the call of that place in the step.
   *
   * @param batches how many the call takes, which follow on each other
   */
  at(step: number, stream: number, batches = 1): { readonly examples: Input; readonly labels?: Int32Array } {
    const drawn = Array.from({ length: batches }, (_, index) => this.source(stream).batch(step * batches + index));
    const labels = drawn[0]!.labels && Int32Array.from(drawn.flatMap((batch) => [...batch.labels!]));
    if (this.examples.values !== undefined) {
      const rows = batches === 1 ? drawn[0]!.rows : Int32Array.from(drawn.flatMap((batch) => [...batch.rows]));
      return { examples: { rows }, labels };
    }
    return { examples: { unscaled: this.prefetchedOf(step, stream, batches) }, labels };
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

  private prefetchedOf(step: number, stream: number, batches: number): Float32Array {
    const prefetch = this.prefetch(stream);
    if (batches === 1) return prefetch.unscaled(step);
    const size = prefetch.length;
    const all = new Float32Array(batches * size);
    for (let index = 0; index < batches; index++) all.set(prefetch.unscaled(step * batches + index), index * size);
    return all;
  }

  /** Started lazily: sampling alone needs no prefetch thread. */
  private prefetch(stream: number): PrefetchedBatches {
    let prefetched = this.prefetched.get(stream);
    if (prefetched === undefined) {
      const { training, data } = this.specification;
      const options = { ...training, ...data, stream, scaling: this.scaling };
      prefetched = new PrefetchedBatches(this.dataset.train, options, batchWorker());
      this.prefetched.set(stream, prefetched);
    }
    return prefetched;
  }
}
