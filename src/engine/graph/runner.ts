import { getBackend, setBackend } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { checkInputs, functionNamed } from '../calls';
import { leadingShape, unscaledTensor } from '../examples';
import type { HostTensor, Input, Program, ProgramFunction, Runner, TrainingExamples } from '../program';
import { completeState, heldBy, initialState, type StateDeclaration } from '../state';
import { compile, type CompiledProgram } from './compile';
import { explaining, withoutStacks } from './failure';
import { Session } from './session';
import type { Trace } from './trace';
import { traceFunction } from './traceFunction';

interface Loaded {
  readonly program: CompiledProgram;
  readonly session: Session;
}

/**
 * Runs a program's functions as graphs: each is traced once, and all that are ready live in one TensorFlow session,
 * over the same variables. Making another one ready builds a new session and carries the state over.
 */
export class GraphRunner implements Runner {
  private readonly declared: ReadonlyMap<string, StateDeclaration>;
  private readonly functions: Record<string, ProgramFunction>;
  private readonly traces = new Map<string, Trace>();
  private loaded: Loaded | undefined;
  /** All that is held while there is no session that has it. */
  private waiting: ReadonlyMap<string, HostTensor> | undefined;
  private disposed = false;

  constructor(
    private readonly backend: NodeJSKernelBackend,
    private readonly program: Program,
    seed: number,
    private readonly examples: TrainingExamples | undefined,
    private readonly onDispose: () => void,
  ) {
    this.declared = heldBy(program);
    this.functions = { ...program.functions };
    this.waiting = initialState(program, seed);
  }

  prepare(names: readonly string[] = Object.keys(this.functions)): void {
    this.load(names);
  }

  extend(functions: Readonly<Record<string, ProgramFunction>>): void {
    const replaced = Object.keys(functions).filter((name) => this.traces.delete(name));
    Object.assign(this.functions, functions);
    if (replaced.length > 0) this.unload();
  }

  call(name: string, inputs: Readonly<Record<string, Input>>): Record<string, HostTensor> {
    const called = functionNamed(this.functions, name);
    checkInputs(name, called, inputs, this.examples);
    const { program, session } = this.load([name]);
    const compiled = program.functions.get(name)!;
    const fed = Object.entries(inputs).map(([input, value]): [string, HostTensor] => {
      if ('data' in value) return [compiled.inputs.get(input)!, value];
      const nodes = compiled.examples.get(input)!;
      const { shape } = called.inputs[input]!;
      if (!('rows' in value)) return [nodes.unscaled, unscaledTensor(value, shape)];
      const lead = leadingShape(shape, this.examples!);
      return [nodes.rows!, { shape: lead, dtype: 'int32', data: value.rows }];
    });
    const names = [...compiled.outputs.keys()];
    const nodes = [...compiled.outputs.values(), ...(compiled.done === undefined ? [] : [compiled.done])];
    const values = explaining(this.traces, () => session.run(fed, nodes, names.length));
    return Object.fromEntries(names.map((output, index) => [output, values[index]!]));
  }

  readState(): Map<string, HostTensor> {
    const kept = [...this.declared.values()].filter((declaration) => declaration.kept !== false);
    return this.read(kept.map(({ name }) => name));
  }

  writeState(state: ReadonlyMap<string, HostTensor>): void {
    this.checkAlive();
    const complete = completeState(this.program, state);
    if (this.loaded) writeTo(this.loaded, complete);
    else this.waiting = new Map([...complete].map(([name, value]) => [name, { ...value, data: value.data.slice() }]));
  }

  dispose(): void {
    if (this.disposed) return;
    this.loaded?.session.dispose();
    this.loaded = undefined;
    this.disposed = true;
    this.onDispose();
  }

  /** A session in which these functions are ready. */
  private load(names: readonly string[]): Loaded {
    this.checkAlive();
    const missing = names.filter((name) => !this.traces.has(name));
    if (missing.length === 0 && this.loaded) return this.loaded;
    if (getBackend() !== 'tensorflow') void setBackend('tensorflow');
    const { backend, program, declared } = this;
    const traces = new Map(this.traces);
    for (const name of missing) {
      traces.set(name, traceFunction(backend, { program, declared }, name, functionNamed(this.functions, name)));
    }
    const loaded = this.build(traces);
    for (const name of missing) this.traces.set(name, withoutStacks(traces.get(name)!));
    this.loaded?.session.dispose();
    this.waiting = undefined;
    return (this.loaded = loaded);
  }

  /** A session of its own for these functions, with the state as it is. */
  private build(traces: ReadonlyMap<string, Trace>): Loaded {
    const { declared, functions, examples, backend } = this;
    const program = compile({ declared, functions, traces, examples });
    const session = explaining(traces, () => new Session(backend, program.nodes));
    const loaded = { program, session };
    try {
      if (program.resident && examples?.values) feedExamples(loaded, program.resident, examples);
      writeTo(loaded, this.read([...declared.keys()]));
      return loaded;
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  private read(names: readonly string[]): Map<string, HostTensor> {
    this.checkAlive();
    const { loaded, waiting } = this;
    if (loaded === undefined) {
      const copy = (value: HostTensor) => ({ ...value, data: value.data.slice() });
      return new Map(names.map((name) => [name, copy(waiting!.get(name)!)]));
    }
    const nodes = names.map((name) => loaded.program.state.get(name)!.value);
    const values = loaded.session.run([], nodes);
    return new Map(names.map((name, index) => [name, values[index]!]));
  }

  private unload(): void {
    if (!this.loaded) return;
    this.waiting = this.read([...this.declared.keys()]);
    this.loaded.session.dispose();
    this.loaded = undefined;
  }

  private checkAlive(): void {
    if (this.disposed) throw new TypeError('This runner has ended.');
  }
}

function writeTo({ session, program }: Loaded, state: ReadonlyMap<string, HostTensor>): void {
  const fed = [...state].map(([name, value]) => [program.state.get(name)!.fed, value] as const);
  session.run(fed, [program.written], 0);
}

function feedExamples(
  { session }: Loaded,
  { fed, words, written }: NonNullable<CompiledProgram['resident']>,
  { values, shape }: TrainingExamples,
): void {
  const fedWith: HostTensor =
    values instanceof Float32Array
      ? { shape, dtype: 'float32', data: values }
      : { shape: [words!], dtype: 'int32', data: wordsOf(values!, words!) };
  session.run([[fed, fedWith]], [written], 0);
}

/** Four bytes to a word, the last ones filled up with zeros. A large set is not copied for that, where its place allows it. */
function wordsOf(bytes: Uint8Array, words: number): Int32Array {
  const inPlace = bytes.length === words * 4 && bytes.byteOffset % 4 === 0;
  if (inPlace) return new Int32Array(bytes.buffer, bytes.byteOffset, words);
  const padded = new Uint8Array(words * 4);
  padded.set(bytes);
  return new Int32Array(padded.buffer);
}
