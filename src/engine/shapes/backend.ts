import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '../gradients';
import { rules, type Shaped } from './rules';

const NAME = 'shapes';

/** Keeps tensors that have a shape and a type, and no numbers. */
class ShapesBackend extends tf.KernelBackend {
  private readonly references = new Map<object, number>();

  allocate(): object {
    const dataId = {};
    this.references.set(dataId, 1);
    return dataId;
  }

  override write(): object {
    return this.allocate();
  }

  override readSync(): never {
    throw new TypeError('A tensor’s value was read where only shapes are known. Use tf.where and the like.');
  }

  override incRef(dataId: object): void {
    this.references.set(dataId, this.refCount(dataId) + 1);
  }

  decRef(dataId: object): void {
    this.references.set(dataId, this.refCount(dataId) - 1);
  }

  override refCount(dataId: object): number {
    return this.references.get(dataId) ?? 0;
  }

  override disposeData(dataId: object): boolean {
    this.decRef(dataId);
    if (this.refCount(dataId) > 0) return false;
    this.references.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.references.size;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.references.clear();
  }
}

let registered = false;

function registerKernels(): void {
  if (registered) return;
  registered = true;
  for (const [kernelName, rule] of Object.entries(rules)) {
    tf.registerKernel({
      backendName: NAME,
      kernelName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const info = ({ shape, dtype }: Shaped): tf.TensorInfo => {
          return { dataId: (backend as ShapesBackend).allocate(), shape: [...shape], dtype };
        };
        const given = Object.values(inputs).filter((input) => input !== undefined);
        const made = rule(given, (attrs ?? {}) as never) as Shaped | Shaped[];
        return Array.isArray(made) ? made.map(info) : info(made);
      },
    });
  }
}

/**
 * Runs `body` with TensorFlow.js computing shapes and types instead of numbers, as `jax.eval_shape` does: no library is needed,
 * and no weight takes memory. What was current before is current again afterwards, and all tensors are gone.
 *
 * @param body may call every operation that has a gradient, and take gradients; it is given what makes a tensor of a shape
 */
export function withShapesOnly<Result>(body: (stand: typeof standIn) => Result): Result {
  registerGradients();
  registerKernels();
  const engine = tf.engine();
  const before = engine.backendName as string | null | undefined;
  const backend = new ShapesBackend();
  tf.registerBackend(NAME, () => backend);
  // Both resolve at once, for both backends are there already; they are made current before the first await.
  void tf.setBackend(NAME);
  engine.startScope(NAME);
  try {
    return body(standIn);
  } finally {
    engine.endScope();
    if (before) void tf.setBackend(before);
    tf.removeBackend(NAME);
  }
}

/** A tensor without numbers, to be used within {@link withShapesOnly}. */
function standIn(shape: readonly number[], dtype: tf.DataType = 'float32'): tf.Tensor {
  const engine = tf.engine();
  const dataId = (engine.backend as ShapesBackend).allocate();
  return engine.makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype }, engine.backend);
}
