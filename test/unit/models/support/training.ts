import { setImmediate } from 'node:timers/promises';
import { BatchSource, classNames, trainingExamples } from '../../../../src/data';
import type { Dataset } from '../../../../src/data';
import type { Backend } from '../../../../src/engine';
import { inputsFor } from '../../../../src/engine/offer';
import { evaluateModel, noise, scalars } from '../../../../src/evaluation';
import { createModel } from '../../../../src/models';
import { exampleShape } from '../../../../src/protocol/dataShape';
import { parseSpecification } from '../../../../src/protocol/specification';
import type { SpecificationInput } from '../../../../src/protocol/specification';

/** Trains a specification from the start and gives its test metrics after each epoch. */
export async function* train(
  backend: Backend,
  dataset: Dataset,
  input: SpecificationInput,
): AsyncGenerator<Readonly<Record<string, number>>> {
  const specification = parseSpecification(input);
  const { batch, epochs, seed } = specification.training;
  const { binarization } = specification.data;
  const model = createModel(specification, dataset.shape, classNames(dataset)?.length);
  const examples = trainingExamples(dataset.train, exampleShape(dataset.shape), binarization, model.scaling);
  const runner = backend.createRunner(model.program, seed, { examples });
  const source = new BatchSource(dataset.train, { batch, seed });
  const hyperparameters = Object.fromEntries(
    Object.entries(model.hyperparameters).map(([name, { value }]) => [name, value]),
  );
  try {
    for (let step = 0; step < epochs * source.stepsPerEpoch; step++) {
      const { rows, labels } = source.batch(step);
      for (const { function: name } of model.phases) {
        const offered = { examples: { rows }, labels: labels && Int32Array.from(labels), noise: noise(seed, step) };
        const { inputs } = model.program.functions[name]!;
        runner.call(name, inputsFor(inputs, { ...offered, ...scalars(hyperparameters) }));
      }
      // The test runner must be able to answer its own heartbeat.
      if (step % 50 === 0) await setImmediate();
      if ((step + 1) % source.stepsPerEpoch !== 0) continue;
      const { metrics } = await evaluateModel(runner, model, dataset.test, { binarization, seed, hyperparameters });
      yield metrics;
    }
  } finally {
    runner.dispose();
  }
}
