import path from 'node:path';
import { trainerEnvironment, type TensorFlowLocation } from '../../src/native';
import type { Command } from './child';
import type { Twin } from './models/model';

/** Paths of the contenders' programs; missing ones are reported as not available. */
export interface Installation {
  /** Of our own bundles. */
  readonly programs: string;
  /** `bench/training/python` */
  readonly scripts: string;
  readonly library?: TensorFlowLocation;
  /** Pythons that have the package. */
  readonly pytorch?: string;
  readonly tensorflow?: string;
  /** The Python frameworks may use the GPU, as ours does where its TensorFlow can. */
  readonly gpu?: boolean;
}

export interface Contender {
  readonly name: string;
  readonly title: string;
  readonly family: 'latent' | Twin;
  /** How it is started, or why it cannot be. */
  command(installation: Installation, task: Task): Command | string;
}

interface Task {
  readonly model: string;
  /** With what all start from; the contender may keep files in it. */
  readonly folder: string;
  readonly threads: number;
}

export const OURS = 'compiled';
export const PYTORCH = 'pytorch';
export const TFJS = 'tfjs';

export const contenders: readonly Contender[] = [
  latent(OURS, 'Latent Studio, compiled', 'compiled'),
  latent('eager', 'Latent Studio, eager', 'eager'),
  { name: TFJS, title: 'TensorFlow.js for Node, eager', family: 'tfjs', command: plainTensorFlowJs },
  pytorch(PYTORCH, 'PyTorch, eager', 'eager'),
  pytorch('pytorch-fused', 'PyTorch, eager, fused Adam', 'fused'),
  pytorch('torch-compile', 'torch.compile, fused Adam', 'compile'),
  tensorflow('function', 'tf.function, oneDNN off', 'function', '0'),
  tensorflow('function-onednn', 'tf.function, oneDNN on', 'function', '1'),
  tensorflow('xla', 'tf.function, XLA', 'xla', '1'),
];

/** Throws for a name that no contender has. */
export function contenderNamed(name: string): Contender {
  const found = contenders.find((contender) => contender.name === name);
  if (found) return found;
  throw new Error(
    `There is no contender "${name}"; there are ${contenders.map((contender) => contender.name).join(', ')}.`,
  );
}

const NO_LIBRARY = 'native TensorFlow is not set up: npm run -s latent -- tensorflow install';
const QUIET = { TF_CPP_MIN_LOG_LEVEL: '3' };
/** All contenders are on the card at the same time, and TensorFlow takes the whole of it unless it is told not to. */
const SHARED_GPU = { TF_FORCE_GPU_ALLOW_GROWTH: 'true' };

/** As the product starts a trainer. */
function latent(name: string, title: string, mode: string): Contender {
  return {
    name,
    title,
    family: 'latent',
    command: ({ library, programs }, { model, folder, threads }) => {
      if (!library) return NO_LIBRARY;
      return {
        program: process.execPath,
        parameters: [path.join(programs, 'bench-latent.cjs'), model, folder, String(threads), mode],
        environment: { ...trainerEnvironment(library, process.env, { threads }), ...QUIET },
      };
    },
  };
}

/** The same library, with the settings that it starts with itself: oneDNN only where the processor has AVX-512. */
function plainTensorFlowJs({ library, programs }: Installation, { model, folder, threads }: Task): Command | string {
  if (!library) return NO_LIBRARY;
  // Without CUDA's folders a TensorFlow for GPUs ends the process.
  const { LD_LIBRARY_PATH } = trainerEnvironment(library);
  return {
    program: process.execPath,
    parameters: [path.join(programs, 'bench-plain.cjs'), model, folder, library.binding],
    environment: {
      ...process.env,
      ...QUIET,
      ...openMp(threads),
      TF_NUM_INTRAOP_THREADS: String(threads),
      ...SHARED_GPU,
      ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
    },
  };
}

function pytorch(name: string, title: string, mode: string): Contender {
  return {
    name,
    title,
    family: 'pytorch',
    command: (installation, { folder, threads }) => {
      if (!installation.pytorch) return 'PyTorch is not set up here (see above)';
      return {
        program: installation.pytorch,
        parameters: [path.join(installation.scripts, 'pytorch_contender.py'), folder, String(threads), mode],
        // A cache of its own, so that the first step is one that compiles.
        environment: {
          ...pythonEnvironment(threads, installation),
          TORCHINDUCTOR_CACHE_DIR: path.join(folder, `${name}-${threads}`),
        },
      };
    },
  };
}

function tensorflow(name: string, title: string, mode: string, oneDnn: string): Contender {
  return {
    name,
    title,
    family: 'tensorflow',
    command: (installation, { folder, threads }) => {
      if (!installation.tensorflow) return 'TensorFlow’s Python package is not set up here (see above)';
      return {
        program: installation.tensorflow,
        parameters: [path.join(installation.scripts, 'tensorflow_contender.py'), folder, String(threads), mode],
        environment: { ...pythonEnvironment(threads, installation), ...SHARED_GPU, TF_ENABLE_ONEDNN_OPTS: oneDnn },
      };
    },
  };
}

const openMp = (threads: number) => ({ OMP_NUM_THREADS: String(threads) });

/** No files beside the sources; no GPU unless it is asked for: the claim is about processors. */
function pythonEnvironment(threads: number, { gpu }: Installation): NodeJS.ProcessEnv {
  const environment = { ...process.env, ...QUIET, ...openMp(threads), PYTHONDONTWRITEBYTECODE: '1' };
  return gpu ? environment : { ...environment, CUDA_VISIBLE_DEVICES: '' };
}
