// The independent programs that tests and benchmarks compare us with: where they are stored, and how they are
// installed.
import { inRoot } from './paths.mjs';
import { Problem } from './problem.mjs';
import { findPythonWith, setUpPythonWith } from './pythonEnvironment.mjs';

/** @type {import('./pythonEnvironment.mjs').PythonPackages} */
const files = {
  name: 'peers',
  title: 'TensorBoard, safetensors and NumPy',
  requirements: inRoot('test', 'peers', 'requirements.txt'),
  trial: 'import tensorboard, tensorboard_data_server, safetensors.numpy',
  purpose: 'run the tests against TensorBoard, safetensors and NumPy',
};
const trainingFolder = inRoot('bench', 'training', 'python');
/** Separate, so that one that is unavailable does not affect the other. */
const training = {
  pytorch: {
    name: 'bench-pytorch',
    title: 'PyTorch',
    requirements: `${trainingFolder}/requirements-pytorch.txt`,
    trial: 'import torch, numpy; torch.from_numpy(numpy.zeros(2)).sum().item()',
    purpose: 'compare training with PyTorch',
  },
  tensorflow: {
    name: 'bench-tensorflow',
    title: 'TensorFlow',
    requirements: `${trainingFolder}/requirements-tensorflow.txt`,
    trial: 'import tensorflow; tensorflow.constant(1.0) + 1.0',
    purpose: 'compare training with TensorFlow’s own Python',
  },
};

/** The Python that has the readers and writers of our files; `undefined` if they are not set up. */
export const findPeers = () => findPythonWith(files);

/**
 * Sets the readers and writers of our files up unless they are there; about ten seconds and 180 MB the first time.
 * @returns {Promise<string>} the Python that has them
 * @throws {Problem} without a Python that can hold them, or when they cannot be fetched
 */
export const setUpPeers = () => setUpPythonWith(files);

/**
 * Sets the frameworks of the training benchmark up unless they are there: 2.5 GB the first time, and twice that where
 * pip's index has no PyTorch for the CPU alone. Packages that cannot be installed are reported and omitted.
 * @returns {Promise<{pytorch?: string, tensorflow?: string}>} the Pythons that have them
 */
export async function setUpTrainingPeers() {
  /** @type {{pytorch?: string, tensorflow?: string}} */
  const pythons = {};
  for (const [name, packages] of Object.entries(training)) {
    try {
      pythons[name] = await setUpPythonWith(packages);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      process.stdout.write(`${packages.title} is left out:\n  ${error.message}\n`);
    }
  }
  return pythons;
}
