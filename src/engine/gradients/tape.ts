import { engine, getGradient, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';

/**
 * TensorFlow.js keeps what a gradient needs as copies, and writes the copy of an *output* onto the tape before the kernel
 * that has made it. A second differentiation reads the tape in order and so takes the copy for a constant: whatever a gradient
 * computes from a saved output is lost, without an error. The functions here put a saved output back in its place, or take a
 * tensor off the tape where it is only looked at (in a comparison, say).
 */

/**
 * The same values as a constant: no gradient flows through, and differentiating twice does not even visit it. No memory
 * is copied.
 */
export function detached<T extends Tensor>(x: T): T {
  const backend = engine().backend;
  backend.incRef(x.dataId);
  return engine().makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype }, backend) as T;
}

/** What {@link attached} puts on the tape. */
export interface Attachment {
  /** What the values were computed from. */
  readonly inputs: readonly Tensor[];
  readonly value: Tensor;
  /** What `gradient` needs besides dy; lives until the gradients are taken. */
  readonly saved: readonly Tensor[];
  /** dy and `saved` → the gradient of each input */
  readonly gradient: (dy: Tensor, saved: Tensor[]) => Tensor[];
}

/** `value`, computed off the tape, as a function of its inputs on the tape. */
export function attached({ inputs, value, saved, gradient }: Attachment): Tensor {
  // The prototype's: the engine's own method may be guarded (`./customGradients.ts`), which gradients written for it need not.
  const { customGrad } = Object.getPrototypeOf(engine()) as ReturnType<typeof engine>;
  const attach = customGrad.call(engine(), (...parameters: unknown[]) => {
    (parameters[inputs.length] as (tensors: Tensor[]) => void)([...saved]);
    return { value: detached(value), gradFunc: (dy: Tensor, kept: unknown) => gradient(dy, kept as Tensor[]) };
  });
  return attach(...inputs);
}

/**
 * A kernel's saved output y as a function of its input x again, without computing anything. Only where the gradient is
 * differentiated in turn; else y itself.
 */
export function reattached<T extends Tensor>(
  kernelName: string,
  inputName: string,
  x: Tensor,
  y: T,
  attributes: NamedAttrMap = {},
): T {
  if (!engine().isTapeOn()) return y;
  const gradient = (dy: Tensor) => [getGradient(kernelName).gradFunc(dy, [x, y], attributes)[inputName]!()];
  return attached({ inputs: [x], value: y, saved: [], gradient }) as T;
}

/**
 * Lets go of what the tape still holds when a gradient has failed: TensorFlow.js does so only at the end of one that
 * succeeds. Does nothing inside of an outer gradient, whose tape it is.
 */
export function abandonTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0) return;
  const tape = state.activeTape as typeof state.activeTape | null;
  for (const { saved } of tape ?? []) for (const tensor of saved ?? []) tensor.dispose();
  Object.assign(state, { activeTape: null });
}
