import { openBackend } from '../engine';
import { noise, scalars } from '../evaluation';
import { createModel } from '../models';
import { engineSchema, parseSpecification } from '../protocol/specification';
import type { BackendInfo } from '../protocol/run';

/** Loads a backend and makes one update of a small model. Returns what ran; throws where it does not work. */
export async function selfTest(backend: string): Promise<BackendInfo> {
  const choice = engineSchema.shape.backend.parse(backend);
  const opened = await openBackend({ choice });
  try {
    const specification = parseSpecification({
      model: { family: 'vae', network: { kind: 'mlp', hidden: [8] }, latent: 2 },
      training: { batch: 4 },
    });
    const model = createModel(specification, [4, 4, 1]);
    const runner = opened.createRunner(model.program, 0);
    const values = Object.entries(model.hyperparameters).map(([name, { value }]) => [name, value] as const);
    const { loss } = runner.call(model.schedule(0)[0]!, {
      images: { shape: [4, 4, 4, 1], dtype: 'float32', data: new Float32Array(64).fill(0.5) },
      noise: noise(0, 0),
      ...scalars(Object.fromEntries(values)),
    });
    const value = loss?.data[0];
    if (value === undefined || !Number.isFinite(value)) throw new Error(`The self-test computed a loss of ${value}.`);
    return opened.info;
  } finally {
    opened.dispose();
  }
}
