import type { HostTensor, ProgramFunction } from '../../engine/program';

/** The first call is slower: TensorFlow plans its memory, and oneDNN chooses layouts. */
const CALLS = 3;

/** The number of rows, at most a whole batch, that a call handles in `milliseconds`; measured by the fastest of a few calls. */
export function batchWithin(milliseconds: number, batch: number, call: () => void): number {
  let quickest = Infinity;
  for (let i = 0; i < CALLS; i++) {
    const began = performance.now();
    call();
    quickest = Math.min(quickest, performance.now() - began);
    if (quickest <= milliseconds) return batch;
  }
  return Math.max(1, Math.floor((batch * milliseconds) / quickest));
}

/** The same function for `batch` rows of each input. */
export function forBatch(declared: ProgramFunction, batch: number): ProgramFunction {
  const inputs = Object.entries(declared.inputs).map(([name, input]) => {
    return [name, { ...input, shape: [batch, ...input.shape.slice(1)] }] as const;
  });
  return { ...declared, inputs: Object.fromEntries(inputs) };
}

/** Values for all inputs of a function. */
export function zeros({ inputs }: ProgramFunction): Record<string, HostTensor> {
  const values = Object.entries(inputs).map(([name, { shape, dtype }]): [string, HostTensor] => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [name, { shape, dtype, data: dtype === 'float32' ? new Float32Array(size) : new Int32Array(size) }];
  });
  return Object.fromEntries(values);
}
