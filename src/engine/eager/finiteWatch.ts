import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { callers } from '../callers';
import type { NonFinite } from '../nonFinite';

/** A kernel's result is copied for its gradient before the kernel has returned: that copy is not what went first. */
const COPY = 'Identity';

type Found = Omit<NonFinite, 'function'>;

/**
 * Looks at the result of every kernel of a call, in the order in which they run, for the first number that is not finite. A gradient's
 * kernels run the same way, so that they are examined too. Reading each result makes a call many times slower.
 */
export class FiniteWatch {
  private first: Found | undefined;
  /** By the identity of its data: the variable or input that a tensor is. */
  private readonly named = new WeakMap<object, string>();
  /** The layer whose variable was the last to go into a tensor. */
  private readonly layers = new WeakMap<object, string>();
  private differentiated = false;

  /** What was found so far. */
  get found(): Found | undefined {
    return this.first;
  }

  /** A tensor that the call starts from. It is examined itself: what is not finite before cannot be blamed on an operation. */
  begin(kind: 'variable' | 'input', name: string, tensor: Tensor): void {
    if (kind === 'variable') this.layers.set(tensor.dataId, layerOf(name));
    this.named.set(tensor.dataId, name);
    const broken = brokenIn(tensor);
    if (broken === undefined || this.first !== undefined) return;
    this.first = { part: kind, operation: name, shape: [...tensor.shape], ...broken, inputs: [], at: '' };
  }

  /** Carries out `body` and examines what its kernels give. */
  during<Result>(body: () => Result): Result {
    const current = engine();
    const before = Object.getOwnPropertyDescriptor(current, 'runKernel');
    const run = current.runKernel.bind(current);
    current.runKernel = <T>(kernel: string, inputs: Record<string, unknown>, attributes?: object): T => {
      const result = (run as (...all: unknown[]) => T)(kernel, inputs, attributes);
      this.examine(kernel, tensorsOf(Object.values(inputs)), tensorsOf([result]));
      return result;
    };
    try {
      return body();
    } finally {
      Reflect.deleteProperty(current, 'runKernel');
      if (before) Object.defineProperty(current, 'runKernel', before);
    }
  }

  private examine(kernel: string, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    if (this.first !== undefined) return;
    const part = this.part();
    const layer = this.layerFrom(inputs);
    for (const output of outputs) {
      if (layer !== undefined && !this.layers.has(output.dataId)) this.layers.set(output.dataId, layer);
      const broken = kernel === COPY ? undefined : brokenIn(output);
      if (broken === undefined) continue;
      const at = part === 'forward' ? callers(new Error()) : '';
      const read = inputs.filter(({ dtype }) => dtype === 'float32').map((input) => this.described(input));
      this.first = { part, operation: kernel, shape: [...output.shape], ...broken, layer, inputs: read, at };
      return;
    }
  }

  /** By the scopes that TensorFlow.js opens; the outermost counts where a loss contains gradients itself. */
  private part(): NonFinite['part'] {
    const scopes = engine().state.scopeStack as readonly { readonly name: string }[];
    const scope = scopes.find(({ name }) => name === 'forward' || name === 'backward')?.name;
    if (scope === 'backward') this.differentiated = true;
    if (scope === 'forward') this.differentiated = false;
    if (scope === undefined) return this.differentiated ? 'update' : 'forward';
    return scope === 'backward' ? 'gradient' : 'forward';
  }

  private layerFrom(inputs: readonly Tensor[]): string | undefined {
    const own = inputs.find(({ dataId }) => this.named.has(dataId) && this.layers.has(dataId));
    const last = own ?? inputs.findLast(({ dataId }) => this.layers.has(dataId));
    return last && this.layers.get(last.dataId);
  }

  private described(tensor: Tensor): NonFinite['inputs'][number] {
    let [least, greatest] = [Infinity, -Infinity];
    for (const value of tensor.dataSync<'float32'>()) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    return { name: this.named.get(tensor.dataId), shape: [...tensor.shape], least, greatest };
  }
}

/** "discriminator.hidden.0" of "discriminator.hidden.0.kernel" */
function layerOf(variable: string): string {
  return variable.replace(/\.[^.]+$/, '');
}

/** The first number that is not finite, and how many there are; undefined where all are finite. */
function brokenIn(tensor: Tensor): Pick<NonFinite, 'value' | 'count'> | undefined {
  if (tensor.dtype !== 'float32' || tensor.size === 0) return undefined;
  let value: number | undefined;
  let count = 0;
  for (const each of tensor.dataSync<'float32'>()) {
    if (Number.isFinite(each)) continue;
    value ??= each;
    count += 1;
  }
  return value === undefined ? undefined : { value, count };
}

function tensorsOf(values: readonly unknown[]): Tensor[] {
  return values
    .flat()
    .filter((value): value is Tensor => typeof value === 'object' && value !== null && 'dataId' in value);
}
