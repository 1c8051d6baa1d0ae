import type { Easel, Encoded } from '../../models/model';
import type { Slices } from '../../common/slices';
import { exampleSize } from '../../protocol/dataShape';
import { encode } from './latents';
import { drawSamples } from './samples';
import type { Workbench } from './workbench';

/** What the model's summaries of one step are drawn with: what several of them ask for is computed once. */
export function easelOf(workbench: Workbench): Easel {
  const { classes: names, sampledLabels, seed } = workbench;
  const encodings = new Map<number, Encoded>();
  const samples = new Map<string, Float32Array>();
  return {
    call: (name, inputs) => workbench.call(name, inputs),
    test: (count) => ({ examples: workbench.firstTests(count), labels: testLabels(workbench, count) }),
    get trainingCount() {
      return workbench.dataset.train.count;
    },
    training: (from, count) => workbench.trainingExamples(from, count),
    *encoded(count) {
      let encoded = encodings.get(count);
      if (encoded === undefined) encodings.set(count, (encoded = yield* encodeTest(workbench, count)));
      return encoded;
    },
    *samples(count, columns) {
      const key = sampledLabels === undefined ? `${count}` : `${count} of ${columns}`;
      let drawn = samples.get(key);
      if (drawn === undefined)
        samples.set(key, (drawn = (yield* drawSamples(workbench, count, seed, { columns })).data));
      return drawn.slice(); // It may be rescaled in place to be shown.
    },
    *drawing(count, frames) {
      const { sampling } = workbench.model;
      const length = sampling?.kind === 'sequential' ? sampling.length : 1;
      const every = Math.ceil(length / frames);
      const kept: Float32Array[] = [];
      const onElement = (drawn: Float32Array, position: number) => {
        if ((length - 1 - position) % every === 0) kept.push(drawn.slice(0, count * exampleSize(workbench.shape)));
      };
      yield* drawSamples(workbench, count, seed, { onElement });
      return kept;
    },
    labels: names,
    classes: sampledLabels?.map((label) => ({ label, name: names?.[label] ?? String(label) })),
  };
}

/** Labels of the first `count` test examples; undefined where the set has none. */
function testLabels({ dataset }: Workbench, count: number): Int32Array | undefined {
  const { labels } = dataset.test;
  return labels && Int32Array.from({ length: count }, (_, row) => labels[row % labels.length]!);
}

function* encodeTest(workbench: Workbench, most: number): Slices<Encoded> {
  const { test } = workbench.dataset;
  const count = Math.min(most, test.count);
  const { means, logVariances } = yield* encode(workbench, { set: test, from: 0, count }, test.labels);
  return { means, logVariances, count, labels: test.labels && Int32Array.from(test.labels.subarray(0, count)) };
}
