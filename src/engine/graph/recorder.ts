import { keep, type Tensor } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { TFEOpAttr, TensorMetadata, TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { callers, plainReason, withDeepStacks } from '../callers';
import { UNTRACEABLE } from '../gradients/refused';
import { operationNamed } from './attributes';
import { guarded } from './guards';
import { TraceError, type Attribute, type Source, type TracedConstant, type TracedOperation } from './trace';

interface Known {
  readonly source: Source;
  readonly type: number;
}

/**
 * Writes down what TensorFlow.js asks of the native library while it runs a function: it takes the place of the backend's
 * binding, hands every call on, and keeps which operation made which tensor. All operations really run, on whatever tensors the
 * function was given, so shapes need no inference of our own.
 */
export class Recorder {
  readonly operations: TracedOperation[] = [];
  readonly constants: TracedConstant[] = [];
  private readonly known = new Map<number, Known>();
  private readonly kinds: ReadonlyMap<number, Attribute['kind']>;
  private readonly native: TFJSBinding;
  private readonly begun: Tensor[] = [];

  constructor(
    private readonly backend: NodeJSKernelBackend,
    private readonly functionName: string,
  ) {
    this.native = backend.binding;
    this.kinds = kindsOf(this.native);
  }

  /** A tensor that the function starts from; how it is made is not recorded. It lives until {@link end}. */
  begin(source: Source, make: () => Tensor): Tensor {
    return this.withBinding(this.native, () => {
      const tensor = keep(make());
      this.begun.push(tensor);
      this.known.set(this.idOf(tensor), { source, type: this.typeOf(tensor) });
      return tensor;
    });
  }

  /** Lets go of what was begun. */
  end(): void {
    for (const tensor of this.begun) tensor.dispose();
  }

  /** Where a tensor comes from; a number that the function wrote down becomes a constant. */
  sourceOf(tensor: Tensor): Source {
    return this.look(this.idOf(tensor), 'it returns or assigns').source;
  }

  /** Runs `body` with every call of the library recorded. */
  record<Result>(body: () => Result): Result {
    const { backend, functionName } = this;
    return withDeepStacks(() => this.withBinding(this.recordingBinding(), () => guarded(backend, functionName, body)));
  }

  private withBinding<Result>(binding: TFJSBinding, body: () => Result): Result {
    const { backend } = this;
    const before = backend.binding;
    backend.binding = binding;
    try {
      return body();
    } finally {
      backend.binding = before;
    }
  }

  private recordingBinding(): TFJSBinding {
    const { native } = this;
    const createTensor: TFJSBinding['createTensor'] = (shape, type, values) => {
      const id = native.createTensor(shape, type, values);
      const constant = { type, shape: [...shape], bytes: bytesOf(values, type, native), at: new Error() };
      this.known.set(id, { source: { from: 'constant', index: this.constants.length }, type });
      this.constants.push(constant);
      return id;
    };
    const executeOp: TFJSBinding['executeOp'] = (name, attributes, inputs, count) =>
      this.execute(name, attributes, inputs, count);
    const tensorDataSync: TFJSBinding['tensorDataSync'] = () => {
      throw new TraceError(
        `${this.functionName}: a tensor’s value was read. A function must not depend on values, only on tensors: use tf.where and the like.${callers(new Error())}`,
      );
    };
    const loadSavedModel: TFJSBinding['loadSavedModel'] = () => refuseRunner();
    const runSavedModel: TFJSBinding['runSavedModel'] = () => refuseRunner();
    const refuseRunner = () => {
      throw new TraceError(
        `${this.functionName}: a function of a program was called inside of a function. Call what both are made of.${callers(new Error())}`,
      );
    };
    // The native properties are read-only: they can be hidden, not set.
    return Object.create(native, {
      createTensor: { value: createTensor },
      executeOp: { value: executeOp },
      tensorDataSync: { value: tensorDataSync },
      loadSavedModel: { value: loadSavedModel },
      runSavedModel: { value: runSavedModel },
    }) as TFJSBinding;
  }

  private execute(name: string, attributes: TFEOpAttr[], inputIds: number[], count: number): TensorMetadata[] {
    const at = new Error();
    if (operationNamed(name) === undefined) {
      const instead = Object.hasOwn(UNTRACEABLE, name) ? ` ${UNTRACEABLE[name]}` : '';
      throw new TraceError(
        `${this.functionName}: ${name} cannot be part of a compiled function.${instead}${callers(at)}`,
      );
    }
    const inputs = inputIds.map((id) => this.look(id, `${name} takes`, at));
    const outputs = this.carriedOut(name, at, () => this.native.executeOp(name, attributes, inputIds, count));
    const index = this.operations.length;
    outputs.forEach(({ id, dtype }, output) => {
      this.known.set(id, { source: { from: 'operation', index, output }, type: dtype });
    });
    this.operations.push({
      operation: name,
      attributes: attributes.map(({ name: attribute, type, value }) => ({
        name: attribute,
        kind: this.kinds.get(type) ?? 'int',
        value: Array.isArray(value) ? [...(value as unknown[])] : value,
      })),
      inputs: inputs.map(({ source }) => source),
      inputTypes: inputs.map(({ type }) => type),
      outputs: outputs.map(({ dtype, shape }) => ({ type: dtype, shape: [...shape] })),
      at,
    });
    return outputs;
  }

  private carriedOut<Result>(name: string, at: Error, act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      const reason = plainReason(error);
      // What stands in for an input of integers holds 0 and 1 unless it is declared how far they go.
      const hint = /is not in \[|does not index/.test(reason)
        ? ' Inputs that are indices must say what they are below.'
        : '';
      throw new TraceError(`${this.functionName}: ${name} failed: ${reason}.${hint}${callers(at)}`, { cause: error });
    }
  }

  private look(id: number, what: string, at?: Error): Known {
    const known = this.known.get(id);
    if (known) return known;
    throw new TraceError(
      `${this.functionName}: ${what} a tensor that was made outside of the function. Make it inside, or declare it as an input or a variable.${callers(at ?? new Error())}`,
    );
  }

  private idOf(tensor: Tensor): number {
    const { getInputTensorIds } = this.backend as unknown as { getInputTensorIds(tensors: Tensor[]): number[] };
    return getInputTensorIds.call(this.backend, [tensor])[0]!;
  }

  private typeOf(tensor: Tensor): number {
    return (this.backend as unknown as { getDTypeInteger(type: string): number }).getDTypeInteger(tensor.dtype);
  }
}

function kindsOf(binding: TFJSBinding): ReadonlyMap<number, Attribute['kind']> {
  return new Map([
    [binding.TF_ATTR_STRING, 'string'],
    [binding.TF_ATTR_INT, 'int'],
    [binding.TF_ATTR_FLOAT, 'float'],
    [binding.TF_ATTR_BOOL, 'bool'],
    [binding.TF_ATTR_TYPE, 'type'],
    [binding.TF_ATTR_SHAPE, 'shape'],
  ]);
}

/** The elements as TensorFlow lays them out; a copy, for the array may change hands. */
function bytesOf(values: unknown, type: number, binding: TFJSBinding): Uint8Array {
  const array = ArrayBuffer.isView(values)
    ? values
    : type === binding.TF_FLOAT
      ? Float32Array.from(values as number[])
      : type === binding.TF_BOOL
        ? Uint8Array.from(values as number[], Number)
        : Int32Array.from(values as number[]);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
}
