import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { reasonOf } from '../../common/systemError';
import { temporaryFolder } from '../../native';
import { BackendError } from '../backend';
import type { HostTensor } from '../program';
import { TAG, savedModel, type GraphNode } from './graphDef';

/** A graph loaded into a TensorFlow session of its own, with its own variables. */
export class Session {
  private readonly id: number;
  private disposed = false;

  /** Throws where TensorFlow refuses the graph, and {@link BackendError} where it cannot be written to a file. */
  constructor(
    private readonly backend: NodeJSKernelBackend,
    nodes: readonly GraphNode[],
  ) {
    const graph = savedModel(nodes);
    // The library reads graphs from files only. It needs this one for the moment of loading.
    const folder = written(() => mkdtempSync(path.join(temporaryFolder(), 'latent-graph-')));
    try {
      written(() => writeFileSync(path.join(folder, 'saved_model.pb'), graph));
      this.id = this.binding.loadSavedModel(folder, TAG);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** The backend's at the time: a function that is being traced may not call another (`./recorder.ts`). */
  private get binding(): TFJSBinding {
    return this.backend.binding;
  }

  /** Runs what is needed for the nodes of `fetched`, in whose order the values are returned; the last may be left unread. */
  run(
    fed: readonly (readonly [node: string, value: HostTensor])[],
    fetched: readonly string[],
    read = fetched.length,
  ): HostTensor[] {
    const { binding } = this;
    const ids: number[] = [];
    if (fetched.length === 0) return []; // TensorFlow refuses to run nothing
    try {
      for (const [, value] of fed) ids.push(createTensor(binding, value));
      const names = fed.map(([node]) => `${node}:0`).join(',');
      const results = binding.runSavedModel(this.id, ids, names, fetched.map((node) => `${node}:0`).join(','));
      const ours = results.map(({ id }) => id);
      ids.push(...ours);
      return results.slice(0, read).map(({ id, shape, dtype }) => ({
        shape,
        dtype: dtype === binding.TF_FLOAT ? 'float32' : 'int32',
        data: binding.tensorDataSync(id) as Float32Array | Int32Array,
      }));
    } finally {
      for (const id of ids) binding.deleteTensor(id);
    }
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.binding.deleteSavedModel(this.id);
  }
}

/** Not the system's own error, which would be taken for one of the run directory's disk. */
function written<Result>(write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    throw new BackendError(
      `The program’s graph could not be written to ${temporaryFolder()}, where TensorFlow would read it: ${reasonOf(error)}.`,
      'Make room there, or let the environment variable TMPDIR name a folder on another disk.',
    );
  }
}

function createTensor(binding: TFJSBinding, { shape, dtype, data }: HostTensor): number {
  return binding.createTensor([...shape], dtype === 'float32' ? binding.TF_FLOAT : binding.TF_INT32, data);
}
